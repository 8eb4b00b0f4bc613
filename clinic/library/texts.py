"""Reads a content file as text, or says in a sentence why it is none."""

from pathlib import Path

from clinic.errors import ContentFault


def text_of(path: Path) -> str:
    """Give the text of a file. Raises ContentFault for bytes that are no UTF-8."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        words = f"{path}:{line}: this is no text in UTF-8: save the file in that encoding"
        raise ContentFault([words]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
