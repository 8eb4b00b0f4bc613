"""What staff do with a paper form that comes back: type it in, stop, go on later, send.

Only drafts that staff began from paper open here. A patient's own draft never does.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.actions.intakes import Recorded, record_answers, submit_intake
from clinic.errors import UnknownRecord
from clinic.intake import Consent, Intake
from clinic.library.article import Article
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Answer
from clinic.store import audit, from_paper, intakes
from clinic.store.audit import Actor
from clinic.store.database import Database
from clinic.store.from_paper import TypedForm
from clinic.store.staff import Member
from clinic.triage.rules import RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPaper:
    """What staff read off a paper form before they type it in."""

    questionnaire: Questionnaire
    language: str
    signed_by: str
    signed_on: date
    answered_on: date
    text: Article
    """The text that was signed."""


def waiting(database: Database, *, by: Member, now: datetime) -> list[TypedForm]:
    """Read which paper forms were begun and not sent."""
    with database.writing() as tx:
        found = from_paper.unsent(tx)
        audit.record(tx, actor=_actor(by), action="paper.view", subject=None, now=now)
    return found


def who_typed(database: Database, intake: Intake) -> str:
    """Give the name of who of staff began to type an intake in; "" of what a patient sent."""
    if intake.answered_on is None:
        return ""
    with database.reading() as tx:
        return from_paper.typed_by(tx, intake.id)


def begin(
    database: Database, paper: SignedPaper, *, by: Member, now: datetime, zone: ZoneInfo
) -> Intake:
    """Begin the draft of a paper form. It has no code: nobody opens it but staff."""
    signed_at = datetime.combine(paper.signed_on, time.min, zone)
    consent = Consent(paper.signed_by, str(paper.text.version), paper.text.digest, signed_at)
    with database.writing() as tx:
        draft = intakes.start(tx, paper.questionnaire, now=now, language=paper.language).intake
        begun = replace(draft, consent=consent, answered_on=paper.answered_on)
        saved = intakes.save(tx, begun.in_language(paper.language), now=now)
        from_paper.note(tx, saved.id, by=by.id, now=now)
        subject = ("intake", saved.id)
        audit.record(tx, actor=_actor(by), action="paper.begin", subject=subject, now=now)
    return saved


def open_draft(
    database: Database, library: intakes.Library, intake_id: UUID, *, by: Member, now: datetime
) -> Intake:
    """Open a draft that is typed in from paper. Raises UnknownRecord for any other intake."""
    with database.writing() as tx:
        if not from_paper.is_draft(tx, intake_id):
            raise UnknownRecord("paper form")
        subject = ("intake", intake_id)
        audit.record(tx, actor=_actor(by), action="paper.open", subject=subject, now=now)
        return intakes.load(tx, intake_id, library)


def record(
    database: Database,
    library: intakes.Library,
    rules: RuleSet,
    intake: Intake,
    changes: Mapping[str, Answer | None],
    *,
    offered: Collection[str],
    by: Member,
    now: datetime,
    today: date,
) -> Recorded:
    """Keep a page as it was typed in, and assess it, as a page of a patient."""
    return record_answers(
        database,
        library,
        rules,
        intake,
        changes,
        offered=offered,
        now=now,
        today=today,
        by=_actor(by),
    )


def send(
    database: Database,
    library: intakes.Library,
    rules: RuleSet,
    intake: Intake,
    *,
    key: str,
    by: Member,
    now: datetime,
    zone: ZoneInfo,
) -> Intake:
    """Send what was typed in, once however often it is pressed. Raises NotReady."""
    return submit_intake(
        database,
        library,
        rules,
        intake.id,
        idempotency_key=key,
        confirmed={},
        now=now,
        zone=zone,
        by=_actor(by),
    )


def _actor(member: Member) -> Actor:
    return Actor("staff", member.id)
