"""A file that the other side attaches to its report: what is taken, told by what is in it.

A PDF or a plain text, never anything else, and never what its name says while its bytes do
not. Nothing here opens a PDF: it is kept as it came, and given out as a download.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from clinic.errors import BadInput
from clinic.marked import marked

MOST_MEGABYTES = 10
MOST_BYTES = MOST_MEGABYTES * 1024 * 1024
LONGEST_NAME = 120
PDF_START = b"%PDF-"
PDF_END = b"%%EOF"
END_WITHIN = 1024
"""The end mark of a PDF stands in its last bytes; some programs write a little after it."""
TEXT_CONTROLS = "\t\n\r\f"

EMPTY = marked("This file is empty. Choose another one.")
TOO_LARGE = marked("This file is larger than 10 MB. Attach a smaller one.")
NOT_TAKEN = marked("Attach a PDF, or a plain text whose name ends in .txt.")
NO_PDF = marked("This file is named a PDF and is none. Save it as a PDF again, then attach it.")
NOT_WHOLE = marked("This PDF is not whole: its end is missing. Save it again, then attach it.")
NO_TEXT = marked(
    "This file is named a plain text and is none. Save it as text in UTF-8, or as a PDF."
)


class MediaType(StrEnum):
    """What is taken."""

    PDF = "application/pdf"
    TEXT = "text/plain"


ENDINGS = {".pdf": MediaType.PDF, ".txt": MediaType.TEXT}


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that was looked at: its name fit to be shown, what it is, and its bytes."""

    name: str
    media_type: MediaType
    content: bytes


def attached_file(name: str, content: bytes) -> AttachedFile:
    """Look at a file. Raises BadInput with a sentence that says how to mend it."""
    plain = tidy_name(name)
    kind = ENDINGS.get(plain[plain.rfind(".") :].lower()) if "." in plain else None
    if kind is None:
        raise BadInput(NOT_TAKEN)
    if not content:
        raise BadInput(EMPTY)
    if len(content) > MOST_BYTES:
        raise BadInput(TOO_LARGE)
    if kind is MediaType.PDF:
        _check_pdf(content)
    else:
        _check_text(content)
    return AttachedFile(plain, kind, content)


def tidy_name(name: str) -> str:
    """Give the name without folders, control marks and marks that turn text round."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    plain = " ".join(shown.split()).lstrip(".")
    if len(plain) <= LONGEST_NAME:
        return plain
    stem, dot, ending = plain.rpartition(".")
    return stem[: LONGEST_NAME - len(dot + ending)] + dot + ending if dot else plain[:LONGEST_NAME]


def _check_pdf(content: bytes) -> None:
    if not content.startswith(PDF_START):
        raise BadInput(NO_PDF)
    if PDF_END not in content[-END_WITHIN:]:
        raise BadInput(NOT_WHOLE)


def _check_text(content: bytes) -> None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(NO_TEXT) from None
    if text.startswith(PDF_START.decode()):
        raise BadInput(NO_TEXT)
    if any(unicodedata.category(c) == "Cc" and c not in TEXT_CONTROLS for c in text):
        raise BadInput(NO_TEXT)
    if not text.strip():
        raise BadInput(EMPTY)
