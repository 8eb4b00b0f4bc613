"""The values that an answer can hold, typed once and compared exactly.

FHIR type      here
boolean        bool
decimal        Decimal
integer        int
date           PartialDate      year, year and month, or a full day
dateTime       datetime (with a zone) or PartialDate
time           time
string text url   str
choice         Coding           open-choice: Coding or str
quantity       Quantity
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Coding:
    """A code in a system. Two codings are the same choice when `same_code` says so."""

    code: str
    system: str | None = None
    display: str | None = None

    def same_code(self, other: "Coding") -> bool:
        """True when the codes agree, and the systems too where both name one."""
        systems_agree = not (self.system and other.system) or self.system == other.system
        return self.code == other.code and systems_agree


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit."""

    value: Decimal
    unit: str | None = None
    code: str | None = None
    system: str | None = None


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A calendar date of which the day, or month and day, may be unknown.

    Raises ValueError when the parts name no real date.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Refuse 31 February, month 13 and a day without its month."""
        if self.day is not None and self.month is None:
            raise ValueError("a day needs its month")
        date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read `2024`, `2024-03` or `2024-03-17`. Raises ValueError."""
        parts = text.split("-")
        widths = [4, 2, 2]
        if len(parts) > 3 or any(
            len(part) != width or not (part.isascii() and part.isdigit())
            for part, width in zip(parts, widths, strict=False)
        ):
            raise ValueError("not a date of the form 2024-03-17")
        return cls(*(int(part) for part in parts))

    @classmethod
    def of(cls, day: date) -> "PartialDate":
        """Give the full day."""
        return cls(day.year, day.month, day.day)

    @property
    def first_day(self) -> date:
        """The earliest day this may stand for."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> date:
        """The latest day this may stand for."""
        if self.day is not None:
            return self.first_day
        month = self.month or 12
        return date(self.year, month, monthrange(self.year, month)[1])

    @property
    def is_full(self) -> bool:
        """True when the day is known."""
        return self.day is not None

    def __str__(self) -> str:
        """Give the FHIR text, such as 2024-03."""
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text


@dataclass(frozen=True, slots=True)
class Today:
    """A limit that moves: the day on which the answer is given."""


Value = bool | int | Decimal | PartialDate | datetime | time | str | Coding | Quantity


def whole_years(born: date, on: date) -> int:
    """Completed years of age on a day; the birthday counts. 29 February ages on 1 March."""
    had_birthday = (on.month, on.day) >= (born.month, born.day)
    return on.year - born.year - (0 if had_birthday else 1)
