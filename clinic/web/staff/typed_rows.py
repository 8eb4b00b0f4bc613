"""The licensed totals that were typed for a patient, those that stand and those that do not."""

from dataclasses import dataclass
from uuid import UUID

from clinic.actions.review import Opened
from clinic.store.typed_totals import KeptTotal, still_standing
from clinic.summary.words import long_date
from clinic.triage.score import ScoreTable, TypedTotal
from clinic.triage.typed_totals import typed_score
from clinic.web.staff.rows import Reader
from clinic.web.staff.words import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRow:
    """One typed total: what, when it was measured, who typed it when, and if it stands."""

    id: UUID
    name: str
    number: str
    band: str
    day: str
    who: str
    when: str
    stands: bool
    corrects: bool


def typed_rows(opened: Opened, table: ScoreTable, reader: Reader) -> tuple[TypedRow, ...]:
    """Give every typed total but the rows that only take one back, oldest first."""
    stands = {kept.id for kept in still_standing(opened.totals)}
    known = {total.id: total for total in table.typed}
    return tuple(
        _row(opened, kept, known.get(kept.total_id), table, reader, stands=kept.id in stands)
        for kept in opened.totals
        if not kept.withdrawn
    )


def _row(
    opened: Opened,
    kept: KeptTotal,
    total: TypedTotal | None,
    table: ScoreTable,
    reader: Reader,
    *,
    stands: bool,
) -> TypedRow:
    member = opened.people.get(kept.by)
    score = typed_score(table, kept.total_id, kept.parts) if total else None
    return TypedRow(
        id=kept.id,
        name=total.name if total else kept.total_id,
        number=_number(kept, total),
        band=score.band if score else "",
        day=long_date(kept.taken_on, "en"),
        who=member.name if member else "",
        when=moment(kept.at, reader.zone, reader.now),
        stands=stands,
        corrects=kept.replaces is not None,
    )


def _number(kept: KeptTotal, total: TypedTotal | None) -> str:
    """Give the total, and the parts beside it in brackets."""
    first, *others = (f"{number:f}" for number in kept.parts.values())
    names = [part.name for part in total.parts[1:]] if total else []
    more = [f"{name}: {number}" for name, number in zip(names, others, strict=False)]
    return f"{first} ({', '.join(more)})" if more else first
