"""What a patient added after sending: to the front desk only that it came, and when."""

from dataclasses import dataclass

from clinic.actions.review import Opened
from clinic.web.staff.reader import Reader
from clinic.web.staff.words import moment


@dataclass(frozen=True, slots=True)
class Addition:
    """One addition. `words` are empty for the front desk; `read` says by whom and when."""

    at: str
    words: str
    read: str


@dataclass(frozen=True, slots=True)
class Additions:
    """Everything that was added, how much nobody has read, and the number of the last one."""

    all: tuple[Addition, ...]
    unread: int
    last: int
    may_mark: bool


def additions_view(opened: Opened, who: Reader) -> Additions:
    """Give what was added to an intake, for one reader."""
    found = []
    for each in opened.added:
        read = ""
        if each.read_at is not None:
            member = opened.people.get(each.read_by) if each.read_by else None
            read = (
                f"{member.name if member else 'Staff'}, {moment(each.read_at, who.zone, who.now)}"
            )
        words = each.text if who.reads_all else ""
        found.append(Addition(moment(each.at, who.zone, who.now), words, read))
    return Additions(
        all=tuple(found),
        unread=sum(each.read_at is None for each in opened.added),
        last=max((each.number for each in opened.added), default=0),
        may_mark=not who.is_desk,
    )
