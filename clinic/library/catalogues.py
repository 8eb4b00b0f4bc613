"""What the catalogue of interface words lacks in each language, as faults of its file."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from clinic import catalogue
from clinic.library.faults import Fault
from clinic.library.overlays import FIRST_LANGUAGE, languages
from clinic.library.places import templates_dir
from clinic.library.texts import text_of

INCLUDED = re.compile(r'(?:from|import|extends|include) "([^"]+)"')
FOLDERS = ("education", "intake", "receiving", "errors")
PAPERS = ("pdf/you.html", "pdf/slip.html", "pdf/answers.html", "pdf/added.html")
OF_STAFF = ("clinic/web/staff/", "clinic/cli/")
SAFETY = frozenset(
    f"templates/{name}.html"
    for name in (
        *("intake/urgent", "intake/under_age", "intake/start", "components/interruption"),
        *("components/closed_now", "components/extra_advice", "components/safety_net"),
    )
)
"""Emergency page, consent and safety-net: no language may lack a word of theirs."""


def catalogue_faults(content: Path) -> Iterator[Fault]:
    """Give the words for patients that lack in a language that has a folder of content."""
    read = patient_templates()
    for language in languages(content):
        if language == FIRST_LANGUAGE:
            continue
        path = catalogue.FOLDER / language / "LC_MESSAGES" / "messages.po"
        if not path.is_file():
            yield Fault(str(path), 1, "this catalogue is missing: `pybabel init` makes it")
            continue
        with path.open("rb") as file:
            words = read_po(file, locale=language)
        yield from _lacking(words, str(path), read)


def patient_templates() -> frozenset[str]:
    """Give every template that a patient reads, with the components that it is made of."""
    folder = templates_dir()
    waiting = ["base.html", *PAPERS]
    for part in FOLDERS:
        waiting += [f"{part}/{path.name}" for path in (folder / part).glob("*.html")]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += INCLUDED.findall(text_of(folder / name))
    return frozenset(f"templates/{name}" for name in found)


def _lacking(words: Catalog, path: str, read: frozenset[str]) -> Iterator[Fault]:
    for message in words:
        places = {place for place, _ in message.locations}
        is_read = places & read or any(
            place.endswith(".py") and not place.startswith(OF_STAFF) for place in places
        )
        if message.id and is_read and _is_empty(message):
            said = message.id if isinstance(message.id, str) else message.id[0]
            what = "is to be looked at again" if message.fuzzy else "is missing"
            where = min(places)
            line = message.lineno or 1
            told = f"{said[:60]!r} {what} ({where})"
            yield Fault(path, line, told, unfinished=not places & SAFETY)


def _is_empty(message: Message) -> bool:
    strings = (message.string,) if isinstance(message.string, str) else message.string
    return message.fuzzy or not all(strings or ("",))
