"""A language that nobody speaks, made by code from the English: a folder of content, a catalogue.

`accented` puts an accent on every letter that takes one, and makes every word 40 % longer.
`mirrored` writes Hebrew letters, from right to left. What must stay (gaps, ids, addresses) stays.
"""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from math import ceil
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from clinic.library.articles import KINDS, read_articles
from clinic.library.marked_yaml import load
from clinic.library.overlay_files import overlay_text
from clinic.library.places import content_dir
from clinic.library.wordings import WORDINGS

KEPT = re.compile(r"(\{[^}]*\}|%\(\w+\)[sd]|%%|\]\([^)]*\)|https?://\S+|<[^>]*>|&\w+;)")
WORD = re.compile(r"[A-Za-z]+")
ACCENTS = str.maketrans("aceinouyACEINOUYdgrstzlDGRSTZL", "áçéíñóúýÁÇÉÍÑÓÚÝďğřšťžľĎĞŘŠŤŽĽ")
HEBREW = {letter: chr(0x05D0 + n % 22) for n, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
FORM = "questionnaires/low-back-intake.yaml"
SPANISH = Path(__file__).parents[1] / "clinic/translations/es/LC_MESSAGES/messages.po"

Put = Callable[[str], str]


def accented(words: str) -> str:
    """Give words with accents, each 40 % longer."""
    return _each_word(words, lambda word: word.translate(ACCENTS) + "é" * ceil(0.4 * len(word)))


def mirrored(words: str) -> str:
    """Give words in letters that are read from right to left."""
    return _each_word(words, lambda word: "".join(HEBREW[each] for each in word.lower()))


def _each_word(words: str, put: Put) -> str:
    parts = KEPT.split(words)
    return "".join(
        part if place % 2 else WORD.sub(lambda found: put(found[0]), part)
        for place, part in enumerate(parts)
    )


def lay_content(folder: Path, languages: Mapping[str, Put]) -> Path:
    """Copy the content, and give it these languages more, whole."""
    content = Path(shutil.copytree(content_dir(), folder / "content"))
    articles = read_articles(content)
    for code, put in languages.items():
        (content / code).mkdir()
        for name in (FORM, *WORDINGS):
            _write(content / code / name, overlay_text(content, name, put))
        figures = load((content / "en" / "figures.yaml").read_text(encoding="utf-8"))
        _write(content / code / "figures.yaml", _yaml(_put_under(figures, put, ("title", "alt"))))
        for kind in KINDS:
            for path in (content / "en" / kind).glob("*.md"):
                digest = articles.get(kind, path.stem).digest
                text = _article(path.read_text(encoding="utf-8"), put, digest)
                _write(content / code / kind / path.name, text)
    return content


def lay_catalogue(folder: Path, languages: Mapping[str, Put]) -> Path:
    """Write a compiled catalogue of every interface word for these languages, and Spanish."""
    with SPANISH.open("rb") as file:
        spanish = read_po(file, locale="es")
    for code, put in languages.items():
        made = Catalog(locale=code)
        for message in spanish:
            if message.id:
                words = message.id if isinstance(message.id, tuple) else (message.id,)
                given = tuple(put(each) for each in words)
                many = (*given, *[given[-1]] * (made.num_plurals - len(given)))
                string = many[: made.num_plurals] if message.pluralizable else given[0]
                made.add(message.id, string, context=message.context)
        path = folder / code / "LC_MESSAGES" / "messages.mo"
        path.parent.mkdir(parents=True)
        with path.open("wb") as file:
            write_mo(file, made)
    return folder


def _article(text: str, put: Put, digest: str) -> str:
    _, front, body = text.split("---\n", 2)
    fields = _put_under(load(front), put, ("title", "purpose", "text"))
    fields |= {"status": "awaiting review by a qualified translator", "source_hash": digest}
    return f"---\n{_yaml(fields)}---\n{put(body)}"


def _put_under(value: Any, put: Put, keys: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {
            key: put(each) if key in keys and isinstance(each, str) else _put_under(each, put, keys)
            for key, each in value.items()
        }
    return value


def _yaml(fields: Mapping[str, Any]) -> str:
    """Write JSON, which is YAML, a line for each key."""
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in fields.items())


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
