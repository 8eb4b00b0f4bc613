"""Who may be asked: a person or a facility, with what was checked about it, never ranked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from clinic.referral.npi import is_npi

CHECKED_FOR = timedelta(days=365)
"""After this long a board certification has to be checked again."""
REQUIRED = {"name": "the name", "service": "the service"}


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
    if provider.email and "@" not in provider.email:
        yield "email", "Enter a mail address, such as desk@clinic.example."


def _board_problems(provider: Provider, today: date) -> Iterator[tuple[str, str]]:
    checked = (provider.board_checked_on, provider.board_checked_by, provider.board_checked_where)
    if provider.board and not all(checked):
        yield "board", "A board certification needs the day it was checked, by whom, and where."
    if not provider.board and any(checked):
        yield "board", "Name the board that was checked."
    if provider.board_checked_on and provider.board_checked_on > today:
        yield "board_checked_on", "This day is still to come."
