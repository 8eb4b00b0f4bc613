"""What a patient does: start, answer, come back, send. Each is one transaction, and audited."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.actions.assessing import assessed
from clinic.actions.cards import card_of, who_answers
from clinic.actions.clocks import act_by
from clinic.actions.invited import Invited, begun_with
from clinic.actions.patients import person_of
from clinic.errors import Refused, TooManyAttempts
from clinic.intake import ADULT_YEARS, AGE_YEARS, Consent, GivenBy, Intake
from clinic.mail.messages import SUBMITTED
from clinic.questionnaire.checks import Problem
from clinic.questionnaire.model import Questionnaire, Step
from clinic.questionnaire.response import Answer
from clinic.store import alerts, assessments, audit, intakes, limits, outbox, patients
from clinic.store.database import Database, Transaction
from clinic.store.resume_codes import plain_code
from clinic.triage.assess import Assessment, assess_intake
from clinic.triage.interrupting import emergencies_of_page
from clinic.triage.rules import RuleSet

STALE_AFTER = timedelta(hours=24)
"""red_flags.md 3.3 (6): after this long the signs that change fast are asked once more."""

FRESH_FOR = timedelta(hours=1)
"""Within this long a step that is left once more needs no new note of it."""

ASKED_AGAIN = ("right-now", "feeling", "strength")
"""The steps on "right now" and the nerves, in `low-back-intake`."""


PRESSED_AGAIN_WITHIN = timedelta(minutes=2)
"""After this long a page on which a form was begun, opened by Back, begins another."""


class NotReady(Refused):
    """Something still stands in the way of sending; the review page says what."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A new draft, and the code that opens it again. The code is told once."""

    intake: Intake
    code: str


@dataclass(frozen=True, slots=True)
class Press:
    """The button that begins a form: the key of the page that it stands on, made for that page."""

    key: str
    library: intakes.Library


@dataclass(frozen=True, slots=True)
class Recorded:
    """An intake after a page was left. `alarming`: an emergency page has to be shown now.

    That is so for a new emergency, and for one that rests on this page and is still true.
    """

    intake: Intake
    assessment: Assessment
    alarming: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a resume code opened: a draft to go on with, or answers that were sent."""

    intake_id: UUID
    sent: bool


@dataclass(frozen=True, slots=True)
class InTheWay:
    """What has to be done before an intake can be sent."""

    unseen: tuple[Step, ...]
    problems: tuple[tuple[Step, Problem], ...]
    stale: tuple[Step, ...]
    under_age: bool

    @property
    def anything(self) -> bool:
        """True when the intake cannot be sent yet."""
        return bool(self.unseen or self.problems or self.stale or self.under_age)


def start_intake(
    database: Database,
    questionnaire: Questionnaire,
    consent: Consent,
    *,
    now: datetime,
    address: str,
    resume_days: int,
    language: str = "en",
    invited: Invited | None = None,
    press: Press | None = None,
) -> Begun:
    """Begin a draft for somebody who agreed, one however often `press` comes.

    Raises TooManyAttempts, and Refused when another form was begun with the invitation meanwhile.
    """
    _count(database, limits.START_ADDRESS, address, now)
    with database.writing() as tx:
        if press is None:
            draft = intakes.start(tx, questionnaire, now=now, language=language)
        else:
            once = intakes.start_once(tx, questionnaire, press.key, now=now, language=language)
            again = None if once else _again(tx, press, consent.name, now, resume_days)
            if again is not None:
                return again
            draft = once or intakes.start(tx, questionnaire, now=now, language=language)
        intake = intakes.save(tx, replace(draft.intake, consent=consent), now=now)
        if invited is not None:
            intake = begun_with(tx, intake, invited, now=now)
        code = intakes.issue_code(tx, intake.id, now=now, days=resume_days)
        _audit(tx, "intake.start", intake.id, now)
    return Begun(intake, code)


def begun_again(
    database: Database, press: Press, name: str, *, now: datetime, resume_days: int
) -> Begun | None:
    """Give the draft that the same press began a moment ago, with one more code; else None."""
    with database.writing() as tx:
        return _again(tx, press, name, now, resume_days)


def _again(
    tx: Transaction, press: Press, name: str, now: datetime, resume_days: int
) -> Begun | None:
    """Open what a press began only at once, by the same name, and while it holds no answer.

    So a page that somebody left in the history of a shared device opens nothing to the next.
    """
    intake_id = intakes.id_of_key(tx, press.key)
    if intake_id is None:
        return None
    intake = intakes.load(tx, intake_id, press.library)
    is_fresh = abs(now - intake.created_at) <= PRESSED_AGAIN_WITHIN
    is_theirs = intake.consent is not None and intake.consent.name == name
    if not (is_fresh and is_theirs) or intake.offered or intake.submitted:
        return None
    code = intakes.issue_code(tx, intake_id, now=now, days=resume_days)
    _audit(tx, "intake.start", intake_id, now)
    return Begun(intake, code)


def record_answers(
    database: Database,
    library: intakes.Library,
    rules: RuleSet,
    intake: Intake,
    changes: Mapping[str, Answer | None],
    *,
    offered: Collection[str],
    now: datetime,
    today: date,
    by: audit.Actor = audit.PATIENT,
) -> Recorded:
    """Keep the answers of a page, and assess them. Raises AlreadySubmitted, and Conflict.

    Raises TooManyAttempts for more pages of one form than anybody can fill in.
    An intake that was saved since it was read is read again, so that two tabs add up.
    `by` is who typed: the patient, or staff from paper.
    """
    page = partial(_left, rules, changes, offered=offered, now=now, today=today)
    left = page(intake)
    with database.writing() as tx:
        wait = limits.hit(tx, limits.POSTS_OF_FORM, str(intake.id), now)
        if wait is not None:
            raise TooManyAttempts(wait)
        if intakes.facts(tx, intake.id).version != intake.version:
            again = intakes.load(tx, intake.id, library, for_update=True)
            left = page(again.in_language(intake.response.language))
        saved = _saved(tx, left.intake, rules, now, today)
        _audit(tx, "intake.answer", intake.id, now, by)
        if left.alarming:
            _audit(tx, "intake.emergency", intake.id, now, by)
        if left.is_new:
            alerts.raise_alert(tx, intake.id, now=now)
    return Recorded(saved, left.assessment, left.alarming)


@dataclass(frozen=True, slots=True)
class _Left:
    """A page that was left, judged: all that needs no database, so that nobody waits for it."""

    intake: Intake
    assessment: Assessment
    alarming: bool
    is_new: bool


def _left(
    rules: RuleSet,
    changes: Mapping[str, Answer | None],
    before: Intake,
    *,
    offered: Collection[str],
    now: datetime,
    today: date,
) -> _Left:
    given_by = _giver(before, changes)
    after = before.recorded(changes, offered=offered, now=now, today=today, given_by=given_by)
    assessment = assess_intake(rules, after, today)
    after = after.alarmed([finding.rule_id for finding in assessment.emergencies], now)
    is_new = len(after.alarms) > len(before.alarms)
    again = emergencies_of_page(rules, after, assessment, offered, today)
    return _Left(after, assessment, is_new or bool(again), is_new)


def _giver(before: Intake, changes: Mapping[str, Answer | None]) -> GivenBy:
    if before.answered_on is not None:
        return GivenBy.STAFF
    return who_answers(before.response.with_answers(changes))


def _saved(tx: Transaction, intake: Intake, rules: RuleSet, now: datetime, today: date) -> Intake:
    """Save a draft. One with an alarm joins the worklist; of another, staff see nothing."""
    if not intake.alarms:
        return intakes.save(tx, intake, now=now)
    assessment = assessed(tx, rules, intake, today)
    card = card_of(intake, assessment, rules, before=intakes.card(tx, intake.id))
    return intakes.save(tx, intake, card=card, assessment=assessment, now=now)


def in_the_way(intake: Intake, confirmed: Mapping[str, datetime], now: datetime) -> InTheWay:
    """What stands in the way of sending, in page order.

    `confirmed` says when the steps of ASKED_AGAIN were last left, by step id.
    """
    unseen = tuple(step for step in intake.steps if intake.not_offered(step))
    seen = [step for step in intake.steps if step not in unseen]
    return InTheWay(
        unseen=unseen,
        problems=tuple((step, problem) for step in seen for problem in intake.problems(step)),
        stale=tuple(step for step in seen if _is_stale(intake, step, confirmed, now)),
        under_age=is_under_age(intake),
    )


def is_under_age(intake: Intake) -> bool:
    """True when the birth date says that this is not an adult."""
    match intake.response.answers.get(AGE_YEARS):
        case (int() as years,):
            return years < ADULT_YEARS
        case _:
            return False


def submit_intake(
    database: Database,
    library: intakes.Library,
    rules: RuleSet,
    intake_id: UUID,
    *,
    idempotency_key: str,
    confirmed: Mapping[str, datetime],
    now: datetime,
    zone: ZoneInfo,
    language: str | None = None,
    by: audit.Actor = audit.PATIENT,
) -> Intake:
    """Send an intake, once however often it is asked for. Raises NotReady.

    `language` is that of the page it was sent from, where it is not that of the last answers.
    """
    today = now.astimezone(zone).date()
    with database.writing() as tx:
        intake = intakes.load(tx, intake_id, library, for_update=True)
        if intake.submitted:
            return intake
        intake = intake.in_language(language or intake.response.language)
        if in_the_way(intake, confirmed, now).anything:
            raise NotReady("Some questions still need an answer before you can send.")
        # The age and "the last 2 weeks" count from the day of sending.
        ready = intake.recorded({}, offered=(), now=now, today=today).sent(now)
        assessment = assessed(tx, rules, ready, today)
        patient_id = patients.add(tx, person_of(ready), now=now)
        sent = intakes.submit(
            tx,
            ready,
            idempotency_key=idempotency_key,
            assessment=assessment,
            card=card_of(ready, assessment, rules, before=intakes.card(tx, ready.id)),
            act_by=act_by(assessment, now, zone),
            patient_id=patient_id,
            now=now,
        )
        assessments.insert(tx, intake_id, assessment, now=now)
        _audit(tx, "intake.send", intake_id, now, by)
        _tell(tx, intake_id, now)
    return sent.intake


def _tell(tx: Transaction, intake_id: UUID, now: datetime) -> None:
    """Have staff told of what was sent: an open emergency until somebody acknowledges it."""
    if intakes.facts(tx, intake_id).emergency_open:
        alerts.raise_alert(tx, intake_id, now=now)
        return
    outbox.enqueue(
        tx,
        kind=SUBMITTED,
        payload={"intake": str(intake_id)},
        now=now,
        once=f"submitted:{intake_id}",
    )


def resume_intake(
    database: Database, code: str, birth_date: date, *, address: str, now: datetime
) -> Found | None:
    """Open a draft by its code and the birth date; None when the two do not belong together.

    Raises TooManyAttempts. Whether the code or the date was wrong is never told.
    """
    _count(database, limits.RESUME_ADDRESS, address, now)
    letters = plain_code(code)
    if letters is None:
        return None
    _count(database, limits.RESUME_CODE, letters, now)
    with database.writing() as tx:
        draft = intakes.open_by_code(tx, code, birth_date, now=now)
        found = draft or intakes.sent_by_code(tx, code, birth_date, now=now)
        if found is None:
            return None
        limits.forget(tx, limits.RESUME_CODE, letters)
        limits.give_back(tx, limits.RESUME_ADDRESS, address)
        _audit(tx, "intake.resume", found, now)
    return Found(found, sent=draft is None)


def is_confirmed_by(
    intake: Intake, step: Step, confirmed: Mapping[str, datetime], now: datetime
) -> bool:
    """True when leaving a step now is worth noting: it changes fast, and was left long ago."""
    return step.id in ASKED_AGAIN and now - _last_left(intake, step, confirmed) > FRESH_FOR


def _is_stale(intake: Intake, step: Step, confirmed: Mapping[str, datetime], now: datetime) -> bool:
    if intake.answered_on is not None:  # paper does not change: whoever reads it is told its day
        return False
    return step.id in ASKED_AGAIN and now - _last_left(intake, step, confirmed) > STALE_AFTER


def _last_left(intake: Intake, step: Step, confirmed: Mapping[str, datetime]) -> datetime:
    first = min((entry.at for entry in intake.history), default=intake.created_at)
    return confirmed.get(step.id, first)


def _count(database: Database, limit: limits.Limit, key: str, now: datetime) -> None:
    with database.writing() as tx:
        wait = limits.hit(tx, limit, key, now)
    if wait is not None:
        raise TooManyAttempts(wait)


def _audit(
    tx: Transaction,
    action: str,
    intake_id: UUID,
    now: datetime,
    by: audit.Actor = audit.PATIENT,
) -> None:
    audit.record(tx, actor=by, action=action, subject=("intake", intake_id), now=now)
