"""What the page of a person shows: to a clinician how it went, to the front desk who and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from clinic.actions.closing import lacks
from clinic.actions.records import Record, Visit
from clinic.questionnaire.speaking import language_name
from clinic.questionnaire.values import whole_years
from clinic.store.outcomes import last_call
from clinic.store.queues import WAITING
from clinic.store.records import Facts
from clinic.summary.build import build_summary
from clinic.summary.given import EarlierScores
from clinic.summary.model import BodyMap, Summary
from clinic.summary.since import Before, Difference, before_of, since_last
from clinic.summary.trends import Trend, trends
from clinic.summary.words import long_date, urgency_word
from clinic.triage.assess import FlagState
from clinic.triage.rules import Urgency
from clinic.web.staff.chart import RedFlag, allergies, flag_names, red_flags
from clinic.web.staff.forms import NoteForm
from clinic.web.staff.given import measured_days
from clinic.web.staff.reader import Reader
from clinic.web.staff.record_events import record_events
from clinic.web.staff.referral_list import referral_rows
from clinic.web.staff.rows import NO_CARD, owner_words
from clinic.web.staff.words import (
    STATE_WORDS,
    call_words,
    level_code,
    level_of,
    moment,
)
from clinic.web.visit import clinic_details, destinations, house, today, zone


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLine:
    """One intake: when, how soon, where it stands; answers with version and language."""

    id: UUID
    reference: str
    when: str
    level: str
    urgency: str
    state: str
    owner: str
    visit: str
    asked: str
    unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Who this is, for the bar that stays in view; the newest intake names level and number."""

    facts: Facts
    name: str
    preferred_name: str
    age: str
    birth_date: str
    urgency: Urgency | None
    level: str
    level_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The newest intake beside the one before it; empty when there is only one."""

    since: str
    differences: tuple[Difference, ...] = ()
    now: BodyMap
    before: BodyMap | None = None
    new_places: tuple[str, ...] = ()
    gone_places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What was found in the newest intake: what has to be acted on today, the rest, by name."""

    today: tuple[RedFlag, ...]
    others: tuple[RedFlag, ...]
    present: tuple[str, ...]
    denied: tuple[str, ...]
    open_flags: tuple[str, ...]


def record_words(record: Record, who: Reader) -> dict[str, object]:
    """Give what the page of a person shows, for one reader."""
    person, newest = record.patient.person, record.sent[0]
    card = record.cards.get(newest.id, NO_CARD)
    days = [_days(visit) for visit in record.visits]
    summary = _summary(record.visits[0], days) if record.visits else None
    return {
        "head": _head(record, newest, who),
        "phone": person.phone or card.phone,
        "email": person.email or card.email,
        "speaks": card.interpreter or "English",
        "appointment": card.appointment,
        "sent": [_line(each, record, who) for each in record.sent],
        "not_opened": max(0, len(record.sent) - len(record.visits)) if record.visits else 0,
        "unread": sum(record.unread.values()),
        "confirmed": record.confirmed,
        "proposed": record.proposed,
        "newest": newest,
        "allergies": allergies(summary) if summary else "",
        "flags": _flags(record.visits[0], summary, who) if summary else None,
        "summary": summary,
        "can_review": bool(summary) and newest.state in WAITING,
        "review_lacks": _review_lacks(record.visits[0]) if record.visits else "",
        "note": NoteForm(),
        "compared": _compared(summary, record.visits[1:2]) if summary else None,
        "trends": _trends(record, days) if len(record.visits) > 1 else (),
        "events": sorted(record_events(record, who), key=lambda event: event.at),
        "referrals": referral_rows(record.referrals, who),
    }


def _review_lacks(newest: Visit) -> str:
    return lacks(newest.facts, newest.outcomes, newest.levels)


def _head(record: Record, newest: Facts, who: Reader) -> Head:
    person = record.patient.person
    born = person.birth_date
    local = who.now.astimezone(who.zone).date()
    card = record.cards.get(newest.id, NO_CARD)
    return Head(
        facts=newest,
        name=person.name or NO_CARD.name,
        preferred_name=card.preferred_name,
        age=str(whole_years(born, local)) if born else "",
        birth_date=long_date(born, "en") if born else "",
        urgency=newest.urgency,
        level=level_of(newest),
        level_code=level_code(newest),
    )


def _line(facts: Facts, record: Record, who: Reader) -> SentLine:
    card = record.cards.get(facts.id)
    return SentLine(
        id=facts.id,
        reference=facts.reference,
        when=moment(facts.submitted_at, who.zone, who.now) if facts.submitted_at else "",
        level=level_of(facts),
        urgency=level_code(facts),
        state=STATE_WORDS[facts.state],
        owner=owner_words(facts, record.people, who.member),
        visit=card.appointment if card else "",
        asked="" if who.is_desk else f"{facts.questionnaire_version}, {_spoken(facts)}",
        unread=record.unread.get(facts.id, 0),
    )


def _spoken(facts: Facts) -> str:
    return language_name(facts.language)


def _summary(visit: Visit, days: list[list[EarlierScores]]) -> Summary:
    """The newest intake in words, compared with the one before it."""
    earlier = sorted((day for each in days[1:2] for day in each), key=_on, reverse=True)
    summary = build_summary(
        visit.intake,
        visit.assessment,
        book=house().book,
        plan=house().summary_plan,
        clinic=clinic_details(),
        zone=zone(),
        today=today(),
        earlier=earlier,
    )
    stands = visit.facts.urgency or visit.assessment.urgency
    return replace(summary, urgency=stands, urgency_word=urgency_word(stands, "en"))


def _days(visit: Visit) -> list[EarlierScores]:
    """The scores of one intake by the day they were measured on."""
    return list(measured_days(house().book.scores, visit.intake, visit.totals, zone()))


def _on(day: EarlierScores) -> date:
    return day.on


def _trends(record: Record, days: list[list[EarlierScores]]) -> tuple[Trend, ...]:
    """How the scores went, from the oldest that was opened on, with when a receiver saw them."""
    ordered = sorted((day for each in days for day in each), key=_on)
    return trends(ordered, house().book.scores, house().summary_plan, _treatments(record))


def _treatments(record: Record) -> Iterator[tuple[date, str]]:
    """When somebody was seen by whom they were referred to."""
    for kept in record.referrals:
        if kept.seen_at is not None:
            service = destinations().service(kept.referral.service).name
            yield kept.seen_at.astimezone(zone()).date(), f"Seen: {service}"


def _compared(now: Summary, earlier: Sequence[Visit]) -> Compared:
    before = _before(earlier[0]) if earlier else None
    if before is None or before.sent_on is None:
        return Compared(since="", now=now.body_map)
    had, has = before.body_map.words, now.body_map.words
    return Compared(
        since=long_date(before.sent_on, "en"),
        differences=since_last(now, before),
        now=now.body_map,
        before=before.body_map,
        new_places=tuple(word for word in has if word not in had),
        gone_places=tuple(word for word in had if word not in has),
    )


def _before(visit: Visit) -> Before:
    stood = visit.facts.urgency or visit.assessment.urgency
    plan = house().summary_plan
    return before_of(visit.intake, visit.assessment, urgency=stood, plan=plan, zone=zone())


def _flags(visit: Visit, summary: Summary, who: Reader) -> Flags:
    last = last_call((each.outcome, each.at) for each in visit.outcomes)
    found = red_flags(
        visit.intake,
        visit.stated,
        summary,
        who.zone,
        is_open=visit.facts.emergency_open,
        last_call=call_words(last, who.zone, who.now) if last else "",
    )
    return Flags(
        today=tuple(flag for flag in found if flag.is_today),
        others=tuple(flag for flag in found if not flag.is_today),
        present=flag_names(summary, FlagState.PRESENT),
        denied=flag_names(summary, FlagState.DENIED),
        open_flags=flag_names(summary, FlagState.NOT_ANSWERED),
    )
