"""The drawings of `content/figures/`, with their words in each language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from clinic.errors import ContentFault, NotFound
from clinic.library.faults import Fault
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.texts import text_of

FILE = "figures.yaml"
FIRST_LANGUAGE = "en"


@dataclass(frozen=True)
class Drawing:
    """One drawing as SVG, its words in place; `alt` is empty when it only decorates."""

    id: str
    language: str
    title: str
    alt: str
    svg: str


@dataclass(frozen=True)
class Drawings:
    """All drawings, by id and language."""

    by_place: Mapping[tuple[str, str], Drawing]

    def get(self, drawing_id: str, language: str = FIRST_LANGUAGE) -> Drawing:
        """Give a drawing with its words in a language, or in English where there are none."""
        for tongue in (language, FIRST_LANGUAGE):
            found = self.by_place.get((drawing_id, tongue))
            if found is not None:
                return found
        raise NotFound(f"There is no drawing {drawing_id!r}.")


def read_drawings(content_dir: Path) -> Drawings:
    """Read every drawing with its words; ContentFault with all faults if there is one."""
    drawings, faults = check_drawings(content_dir)
    if faults:
        raise ContentFault([str(fault) for fault in faults])
    return drawings


def check_drawings(content_dir: Path) -> tuple[Drawings, list[Fault]]:
    """Give the drawings that have words, and every fault of the files of words."""
    faults: list[Fault] = []
    found: dict[tuple[str, str], Drawing] = {}
    pictures = {path.stem: path for path in sorted((content_dir / "figures").glob("*.svg"))}
    for file in sorted(content_dir.glob(f"*/{FILE}")):
        path = file.relative_to(content_dir.parent).as_posix()
        mapping = read_mapping(text_of(file), path, faults)
        if mapping is None:
            continue
        top = Fields(mapping, path, faults)
        faults.extend(
            Fault(path, 1, f"no words for the drawing {name!r}: add them")
            for name in sorted(pictures.keys() - mapping.keys())
        )
        for name in mapping:
            words = top.fields(name)
            if name not in pictures:
                top.fault(name, f"no drawing {name!r} in content/figures/")
            elif words is not None:
                language = file.parent.name
                found[name, language] = _drawing(name, language, words, pictures[name])
    return Drawings(found), faults


def _drawing(name: str, language: str, words: Fields, picture: Path) -> Drawing:
    words.only(("title", "alt", "decorative"))
    title, alt = words.text("title"), words.text("alt")
    is_decorative = words.value("decorative", required=False) is True
    svg = _with_words(text_of(picture), "title", title)
    svg = _with_words(svg, "desc", alt)
    return Drawing(name, language, title, "" if is_decorative else alt, svg)


def _with_words(svg: str, tag: str, text: str) -> str:
    """Put these words between the first pair of this tag."""
    whole = re.compile(rf"(<{tag}\b[^>]*>)[^<]*(</{tag}>)")
    return whole.sub(lambda place: f"{place[1]}{escape(text)}{place[2]}", svg, count=1)
