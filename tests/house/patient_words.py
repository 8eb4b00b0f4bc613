"""Which files a patient reads: templates by what they include, and modules by what they mark."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "templates"
INCLUDED = re.compile(r'(?:from|import|extends|include) "([^"]+)"')
FOLDERS = ("education", "intake", "receiving", "errors")
PAPERS = ("pdf/you.html", "pdf/slip.html", "pdf/answers.html", "pdf/added.html")
GAP = re.compile(r"%\(\w+\)[sd]|\{[a-z_.]+\}")
"""What is filled in where words are shown."""
EXAMPLE = re.compile(r"https?://\S+")
SPANISH = ROOT / "clinic/translations/es/LC_MESSAGES/messages.po"
TO_PROVIDERS = re.compile("Reported by the patient, not examined|A clinician may override")
"""Words of the provider's page, and of the page that another office opens."""
OF_STAFF = ("clinic/web/staff/", "clinic/cli/", "templates/staff/", "templates/referral/")


def patient_templates() -> list[str]:
    """Give every template that a patient reads, with the components that it is made of."""
    waiting = ["base.html", *PAPERS]
    for folder in FOLDERS:
        waiting += [
            path.relative_to(TEMPLATES).as_posix() for path in (TEMPLATES / folder).glob("*.html")
        ]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += INCLUDED.findall((TEMPLATES / name).read_text(encoding="utf-8"))
    return sorted(found)


def is_read_by_patients(places: list[str], templates: frozenset[str]) -> bool:
    """Tell words of patients from those that stand on staff pages alone."""
    return any(
        place.removeprefix("templates/") in templates
        or (place.endswith(".py") and not place.startswith(OF_STAFF))
        for place in places
    )


@cache
def interface() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Give the words of pages, papers, mails and errors that patients read.

    In English, in Spanish, and where they stand; without what is filled in.
    """
    return tuple(_interface())


def _interface() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    templates = frozenset(patient_templates())
    with SPANISH.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    for message in messages:
        places = tuple(place for place, _ in message.locations)
        if is_read_by_patients(list(places), templates):
            for english, spanish in zip(_forms(message.id), _forms(message.string), strict=True):
                if not TO_PROVIDERS.search(english):
                    yield _plain(english, "it"), _plain(spanish, "1"), places


def _forms(words: str | tuple[str, ...]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def _plain(words: str, gap: str) -> str:
    return GAP.sub(gap, EXAMPLE.sub(gap, words))
