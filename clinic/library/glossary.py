"""Reads content/words.yaml: clinical words that texts for patients may use, with their meaning."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from clinic.errors import ContentFault
from clinic.library.faults import Fault
from clinic.library.lined_yaml import read_mapping
from clinic.library.overlays import FIRST_LANGUAGE
from clinic.library.places import content_dir
from clinic.library.texts import text_of

FILE = "words.yaml"


@cache
def glossary(language: str, content: Path | None = None) -> Mapping[str, str]:
    """Give the plain meaning of each allowed clinical word of a language; empty without a file.

    Raises ContentFault.
    """
    folder = content or content_dir()
    path = (folder if language == FIRST_LANGUAGE else folder / language) / FILE
    if not path.is_file():
        return {}
    faults: list[Fault] = []
    mapping = read_mapping(text_of(path), str(path), faults)
    if faults or mapping is None:
        raise ContentFault([str(fault) for fault in faults])
    return {str(term): str(meaning) for term, meaning in mapping.items()}
