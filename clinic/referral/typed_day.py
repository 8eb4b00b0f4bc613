"""A day as staff type it, or as a spreadsheet writes it: 3/17/2026 or 2026-03-17."""

import re
from datetime import date

from clinic.errors import BadInput

DAY_WORDS = "Write the day like this: 3/17/2026."
NO_SUCH_DAY = "Check the day. There is no such day."

US_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)


def day_of(text: str) -> date:
    """Give the day that was typed, month first. Raises BadInput."""
    typed = text.strip()
    if found := US_DAY.fullmatch(typed):
        month, day, year = (int(part) for part in found.groups())
    elif found := ISO_DAY.fullmatch(typed):
        year, month, day = (int(part) for part in found.groups())
    else:
        raise BadInput(DAY_WORDS)
    try:
        return date(year, month, day)
    except ValueError:
        raise BadInput(NO_SUCH_DAY) from None
