"""The uses of break-glass that an admin has still to look at: ids and words of ours alone."""

from dataclasses import dataclass
from uuid import UUID

from clinic.actions.break_glass import Uses
from clinic.web.staff.reader import Reader
from clinic.web.staff.words import REASON_WORDS, moment


@dataclass(frozen=True, slots=True)
class AccessLine:
    """One use: who, when, which intake, and which kind of reason."""

    id: UUID
    staff_id: UUID
    intake_id: UUID
    who: str
    when: str
    kind: str


def access_lines(uses: Uses, reader: Reader) -> list[AccessLine]:
    """Give a line for each use, oldest first."""
    return [
        AccessLine(
            id=each.id,
            staff_id=each.staff_id,
            intake_id=each.intake_id,
            who=uses.people[each.staff_id].name,
            when=moment(each.opened_at, reader.zone, reader.now),
            kind=REASON_WORDS[each.reason],
        )
        for each in uses.accesses
    ]
