"""The rows of the worklist, each with no more than the role of the reader covers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from clinic.actions.worklists import Late, Listed
from clinic.questionnaire.values import whole_years
from clinic.store.queues import Queue
from clinic.store.records import Card, Facts
from clinic.store.staff import Member
from clinic.store.worklist import Row as Stored
from clinic.summary.words import long_date
from clinic.triage.rules import Urgency
from clinic.web.staff.alarm_lines import AlarmLine, alarm_line_of
from clinic.web.staff.due import act_by_words, is_late, visit_too_late
from clinic.web.staff.next_actions import About, about, next_action, step_words
from clinic.web.staff.reader import Reader
from clinic.web.staff.words import (
    CALL_TODAY,
    QUEUE_WORDS,
    STATE_WORDS,
    call_words,
    level_code,
    level_of,
    moment,
    waiting,
)

__all__ = [
    "NO_CARD",
    "Group",
    "Reader",
    "Row",
    "calls_today",
    "groups",
    "late_names",
    "owner_words",
    "row",
]

DESK_REASONS = frozenset({Urgency.EMERGENCY_NOW, Urgency.SAME_DAY})
"""The front desk reads the reason of these alone, since it makes the call."""

MISSING_REASON = "Safety questions have no answer."
NO_CARD = Card(name="No name given")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One patient on the list, as one reader may see them.

    `place` is where on the patient's page is recorded what was done.
    """

    id: UUID
    reference: str
    urgency: Urgency | None
    urgency_word: str
    level_code: str
    reason: str
    more_reasons: int
    at: str
    waiting: str
    name: str
    age: str
    birth_date: str
    phone: str
    language: str
    areas: str
    act_by: str
    late: bool
    appointment: str
    visit_late: str
    place: str
    last_on: str
    changed: str
    worse: bool
    added: str
    state: str
    owner: str
    mine: bool
    sent: bool
    version: int
    done: str
    alarm: AlarmLine | None
    action: str


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the list with its rows on this page, and how many there are in all."""

    queue: Queue
    title: str
    count: str
    rows: tuple[Row, ...]


def groups(listed: Listed, reader: Reader) -> list[Group]:
    """Give the headings that have rows, in the order of the list."""
    return [
        Group(
            queue, QUEUE_WORDS[queue], str(listed.counts[queue]), tuple(_rows(part, listed, reader))
        )
        for queue, part in groupby(listed.page.rows, key=lambda row: row.queue)
    ]


def calls_today(listed: Listed) -> str:
    """Give how many need a call today: 3, or more than 100."""
    counts = [listed.counts[queue] for queue in CALL_TODAY]
    number = sum(count.number for count in counts)
    return f"more than {number}" if any(count.more for count in counts) else str(number)


def late_names(late: Late) -> list[tuple[UUID, str]]:
    """Give the emergencies on top of the list by name."""
    return [(each, (card or NO_CARD).name or NO_CARD.name) for each, card in late.named]


def _rows(part: Iterator[Stored], listed: Listed, reader: Reader) -> Iterator[Row]:
    for stored in part:
        yield row(stored, about(stored, listed), listed.people, reader)


def row(
    stored: Stored,
    known: About,
    people: Mapping[UUID, Member],
    reader: Reader,
) -> Row:
    """Give one row."""
    facts, card = stored.facts, stored.card or NO_CARD
    reasons = _reasons(facts, card, stored.queue, reader)
    born = card.birth_date
    today = reader.now.astimezone(reader.zone).date()
    return Row(
        id=facts.id,
        reference=facts.reference,
        urgency=facts.urgency,
        urgency_word=level_of(facts),
        level_code=level_code(facts),
        reason=reasons[0] if reasons else "",
        more_reasons=max(0, len(reasons) - 1),
        at=moment(stored.since, reader.zone, reader.now),
        waiting=waiting(stored.since, reader.now),
        name=card.name or NO_CARD.name,
        age=str(whole_years(born, today)) if born else "",
        birth_date=long_date(born, "en") if born else "",
        phone=card.phone,
        language=card.interpreter or "English",
        areas="" if reader.is_desk else card.areas,
        act_by=_act(facts, known, reader),
        late=is_late(facts, reader) and not facts.emergency_open,
        appointment=card.appointment,
        visit_late=visit_too_late(facts, card, reader),
        place="record" if stored.queue in CALL_TODAY else "visit",
        last_on=long_date(card.last_on, "en") if card.last_on else "",
        changed="" if reader.is_desk else card.changed,
        worse=card.worse and not reader.is_desk,
        added=_added(known.unread),
        state=STATE_WORDS[facts.state],
        owner=owner_words(facts, people, reader.member),
        mine=facts.owner_id == reader.member.id,
        sent=facts.submitted_at is not None,
        version=facts.version,
        done=call_words(known.call, reader.zone, reader.now) if known.call else "",
        alarm=alarm_line_of(known.alert, people, reader) if facts.emergency_open else None,
        action=next_action(stored, known, reader),
    )


def owner_words(facts: Facts, people: Mapping[UUID, Member], reader: Member) -> str:
    """Give who has taken it: You, a name, or Nobody yet."""
    if facts.owner_id is None:
        return "Nobody yet"
    if facts.owner_id == reader.id:
        return "You"
    owner = people.get(facts.owner_id)
    return owner.name if owner else "Somebody"


def _reasons(facts: Facts, card: Card, queue: Queue, reader: Reader) -> tuple[str, ...]:
    told_of = card.reason_of or facts.urgency
    may_see = not reader.is_desk or (facts.urgency in DESK_REASONS and told_of in DESK_REASONS)
    shown = card.reason if may_see else ()
    return (MISSING_REASON, *shown) if queue is Queue.INCOMPLETE else shown


def _act(facts: Facts, known: About, reader: Reader) -> str:
    """Say by when to act; an emergency, its next step and what is overdue say it already."""
    words, step = act_by_words(facts, reader), step_words(known.step, reader)
    said = facts.emergency_open or step or facts.queue is Queue.OVERDUE or not words
    return "" if said else f"Act {words[0].lower()}{words[1:]}"


def _added(unread: int) -> str:
    if not unread:
        return ""
    return "Added something that nobody has read" + (f" ({unread} times)" if unread > 1 else "")
