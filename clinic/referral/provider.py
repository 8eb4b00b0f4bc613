"""Who may be asked: a person or a facility, with what was checked about it, never ranked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from clinic.referral.npi import is_npi

CHECKED_FOR = timedelta(days=365)
"""After this long a board certification has to be checked again."""
REQUIRED = {"name": "the name", "service": "the service"}
LONGEST: Mapping[str, int] = {
    "name": 160,
    "licence": 80,
    "board": 120,
    "board_checked_by": 120,
    "board_checked_where": 200,
    "phone": 40,
    "fax": 40,
    "email": 200,
    "address": 300,
    "languages": 120,
    "accepts": 300,
    "financial_tie": 300,
    "notes": 2000,
}
"""The most characters of each text."""
SEVERAL_LINES = frozenset({"address", "notes"})
LEAST_PHONE_DIGITS = 7
MAIL = re.compile(
    r"[a-z0-9_%+'&-]+(\.[a-z0-9_%+'&-]+)*@[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE
)
"""What every mail server takes; one with other letters would never arrive."""
BETWEEN_LANGUAGES = re.compile(r"[,;/\n]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One line of the directory. A board certification carries who checked it, when, where."""

    id: UUID
    name: str
    service: str
    is_facility: bool = False
    npi: str = ""
    licence: str = ""
    board: str = ""
    board_checked_on: date | None = None
    board_checked_by: str = ""
    board_checked_where: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    address: str = ""
    languages: str = ""
    accepts: str = ""
    financial_tie: str = ""
    notes: str = ""
    removed_at: datetime | None = None
    version: int = 1

    def board_is_old(self, today: date) -> bool:
        """True when a certification is named that nobody has checked for a year."""
        if not self.board:
            return False
        checked = self.board_checked_on
        return checked is None or today - checked > CHECKED_FOR


def tidy(provider: Provider) -> Provider:
    """Give the entry as it is kept: one blank between words, a comma between languages."""
    texts = {name: _tidy_text(str(getattr(provider, name)), name) for name in LONGEST}
    spoken = (each.strip() for each in BETWEEN_LANGUAGES.split(provider.languages))
    texts["languages"] = ", ".join(" ".join(each.split()) for each in spoken if each)
    npi = re.sub(r"[\s-]", "", provider.npi)
    return replace(provider, npi=npi, **texts)  # type: ignore[arg-type]


def _tidy_text(text: str, field: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    plain = ["".join(letter for letter in line if letter.isprintable()) for line in lines]
    if field not in SEVERAL_LINES:
        return " ".join(" ".join(plain).split())
    return "\n".join(line.rstrip() for line in plain).strip()


def problems(
    provider: Provider, services: frozenset[str], today: date
) -> Iterator[tuple[str, str]]:
    """Everything to mend in an entry: the field, and a sentence that says how."""
    for field, words in REQUIRED.items():
        if not str(getattr(provider, field)).strip():
            yield field, f"Enter {words}."
    if provider.service and provider.service not in services:
        yield "service", f"Choose one of the services: {', '.join(sorted(services))}."
    if provider.npi and not is_npi(provider.npi):
        yield "npi", "This is not an NPI: it has ten digits, and the last one checks the others."
    yield from _board_problems(provider, today)
    yield from _reach_problems(provider)
    for field, most in LONGEST.items():
        if len(getattr(provider, field)) > most:
            yield field, f"Shorten this to {most:,} characters."


def _board_problems(provider: Provider, today: date) -> Iterator[tuple[str, str]]:
    checked = (provider.board_checked_on, provider.board_checked_by, provider.board_checked_where)
    if provider.board and not all(checked):
        yield "board", "A board certification needs the day it was checked, by whom, and where."
    if not provider.board and any(checked):
        yield "board", "Name the board that was checked."
    if provider.board_checked_on and provider.board_checked_on > today:
        yield "board_checked_on", "This day is still to come."


def _reach_problems(provider: Provider) -> Iterator[tuple[str, str]]:
    for field in ("phone", "fax"):
        number = getattr(provider, field)
        if number and sum(letter in "0123456789" for letter in number) < LEAST_PHONE_DIGITS:
            yield field, "Enter a number with its area code, such as 555-010-0142."
    if provider.email and not MAIL.fullmatch(provider.email):
        yield "email", "Enter one mail address, such as desk@clinic.example."
