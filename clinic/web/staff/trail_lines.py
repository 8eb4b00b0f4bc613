"""The lines of the audit, for the page and for a file: ids and words of ours alone."""

import csv
import io
from dataclasses import dataclass
from uuid import UUID

from clinic.actions.audit_trail import Trail
from clinic.actions.provider_csv import shielded
from clinic.store.audit import AuditRow
from clinic.web.staff.reader import Reader
from clinic.web.staff.words import (
    ACT_WORDS,
    LEVEL_WORDS,
    OUTCOME_WORDS,
    REASON_WORDS,
    ROLE_WORDS,
    WAY_WORDS,
    moment,
)

DETAIL_WORDS = (
    {kind.value: words for kind, words in OUTCOME_WORDS.items()}
    | {level.value: words for level, words in LEVEL_WORDS.items()}
    | {reason.value: words for reason, words in REASON_WORDS.items()}
    | {role.value: words for role, words in ROLE_WORDS.items()}
    | {way.value: words for way, words in WAY_WORDS.items()}
)

COLUMNS = (
    *("at_utc", "who_kind", "who_id", "who_user_name", "who_name"),
    *("act", "about_kind", "about_id", "result", "detail", "seal", "session", "request"),
)


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the audit. `about` is what to search for to find all acts on the same."""

    id: UUID
    at: str
    who: str
    what: str
    subject: str
    about: str
    result: str
    detail: str
    seal: str


def trail_words(trail: Trail, reader: Reader) -> dict[str, object]:
    """Give what the page of the audit shows."""
    return {
        "acts": [_act(row, trail, reader) for row in trail.rows],
        "next": trail.rows[-1].id if trail.more else None,
    }


def sheet_of(trail: Trail) -> str:
    """Give the rows as CSV. No cell is a formula."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow(COLUMNS)
    for row in trail.rows:
        writer.writerow([shielded(cell) for cell in _cells(row, trail)])
    return sheet.getvalue()


def _cells(row: AuditRow, trail: Trail) -> tuple[str, ...]:
    member = trail.people.get(row.actor.id) if row.actor.id else None
    kind, subject_id = row.subject or ("", "")
    return (
        row.at.isoformat(timespec="seconds"),
        row.actor.kind,
        str(row.actor.id or ""),
        member.username if member else "",
        member.name if member else "",
        row.action,
        kind,
        str(subject_id),
        row.result,
        row.detail,
        _seal(row),
        row.session,
        row.request_id,
    )


def _act(row: AuditRow, trail: Trail, reader: Reader) -> Act:
    return Act(
        id=row.id,
        at=moment(row.at, reader.zone, reader.now),
        who=_who(row, trail),
        what=ACT_WORDS.get(row.action, row.action),
        subject=_subject(row, trail),
        about=f"{row.subject[0]} {row.subject[1]}" if row.subject else "",
        result=row.result,
        detail=DETAIL_WORDS.get(row.detail, row.detail),
        seal=_seal(row),
    )


def _subject(row: AuditRow, trail: Trail) -> str:
    """Give the kind and the id, and for staff the user name instead."""
    if row.subject is None:
        return ""
    kind, subject_id = row.subject
    member = trail.people.get(subject_id) if kind == "staff" else None
    return f"{kind} {member.username if member else subject_id}"


def _who(row: AuditRow, trail: Trail) -> str:
    if row.actor.kind != "staff" or row.actor.id is None:
        return row.actor.kind.capitalize()
    member = trail.people.get(row.actor.id)
    return f"{member.name} ({ROLE_WORDS[member.role]})" if member else "Somebody"


def _seal(row: AuditRow) -> str:
    return "" if row.seal_number is None else str(row.seal_number)
