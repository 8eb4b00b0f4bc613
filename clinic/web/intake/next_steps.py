"""What a patient is told of each referral: who was asked, how it stands, and by when to ring."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from clinic.referral.states import State
from clinic.store import providers, referrals
from clinic.store.database import Transaction
from clinic.store.referrals import Kept
from clinic.triage.rules import Urgency
from clinic.web.visit import now, settings, spoken


class Stage(StrEnum):
    """How a referral stands, as far as the patient has to know."""

    WAITING = "waiting"
    AGREED = "agreed"
    BOOKED = "booked"
    PAST = "past"
    AGAIN = "again"
    ELSEWHERE = "elsewhere"
    RESENT = "resent"
    UNSURE = "unsure"
    SEEN = "seen"
    REPORT = "report"
    DONE = "done"
    STOPPED = "stopped"


STAGES: Mapping[State, Stage] = {
    State.READY_FOR_SIGNOFF: Stage.RESENT,
    State.DRAFT: Stage.RESENT,
    State.SENT: Stage.WAITING,
    State.RECEIVED: Stage.WAITING,
    State.NEEDS_INFO: Stage.WAITING,
    State.ACCEPTED: Stage.AGREED,
    State.DECLINED: Stage.ELSEWHERE,
    State.SCHEDULED: Stage.BOOKED,
    State.PATIENT_NOTIFIED: Stage.BOOKED,
    State.RESCHEDULED: Stage.AGAIN,
    State.NO_SHOW: Stage.AGAIN,
    State.SEEN: Stage.SEEN,
    State.REPORT_RECEIVED: Stage.REPORT,
    State.REVIEWED_AND_PATIENT_TOLD: Stage.DONE,
    State.CANCEL_REQUESTED: Stage.UNSURE,
    State.CANCELLED: Stage.STOPPED,
    State.PATIENT_DECLINED: Stage.STOPPED,
    State.FAILED: Stage.RESENT,
}
"""An entry made in error is no step of the patient's, and is not told."""
ENDED = (Stage.DONE, Stage.STOPPED)
AFTER_THE_VISIT = (Stage.SEEN, Stage.REPORT)


NOT_SEEN_YET = frozenset(Stage) - {*ENDED, *AFTER_THE_VISIT, Stage.PAST}


class Haste(StrEnum):
    """How far somebody who was not seen yet may wait for the answer to a letter."""

    NOW = "now"
    TODAY = "today"
    CAN_WAIT = "can_wait"


HASTE = {Urgency.EMERGENCY_NOW: Haste.NOW, Urgency.SAME_DAY: Haste.TODAY}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One referral to a patient. `by` is None where nothing is waited for.

    `is_late`: the day by which the patient should have heard is over. `haste`: how far the
    patient may wait for an answer at all.
    """

    stage: Stage
    service: str
    provider: str
    visit_at: datetime | None
    by: datetime | None
    is_late: bool
    haste: Haste

    @property
    def is_open(self) -> bool:
        """True while something is still to come."""
        return self.stage not in ENDED


def next_steps_of(tx: Transaction, intake_id: UUID) -> list[NextStep]:
    """Give what was asked of others for an intake, oldest first; a draft is not told."""
    kept = referrals.of_intake(tx, intake_id)
    sent = [each for each in kept if each.sent_at is not None]
    replaced = {each.referral.replaces for each in sent}
    drafted = {each.referral.replaces for each in kept if _is_on_its_way(each)}
    return [
        step
        for each in sent
        if each.referral.id not in replaced
        for step in _step(tx, each, elsewhere=each.referral.id in drafted)
    ]


def _is_on_its_way(kept: Kept) -> bool:
    return kept.sent_at is None and not kept.referral.state.is_end


def _step(tx: Transaction, kept: Kept, *, elsewhere: bool) -> Iterator[NextStep]:
    referral = kept.referral
    stage = STAGES.get(referral.state)
    if stage is None:
        return
    if elsewhere and stage is Stage.STOPPED:
        stage = Stage.ELSEWHERE
    if stage is Stage.BOOKED and referral.visit_at and referral.visit_at <= now():
        stage = Stage.PAST
    by = _by(kept, stage)
    provider = providers.find(tx, referral.provider_id) if referral.provider_id else None
    yield NextStep(
        stage=stage,
        service=spoken().destinations.service(referral.service).patient,
        provider=provider.name if provider else "",
        visit_at=referral.visit_at,
        by=by,
        is_late=by is not None and settings().today(now()) > settings().today(by),
        haste=HASTE.get(referral.urgency, Haste.CAN_WAIT)
        if stage in NOT_SEEN_YET
        else Haste.CAN_WAIT,
    )


def _by(kept: Kept, stage: Stage) -> datetime | None:
    """By when the patient should have heard: our clock, and before the visit never after act-by."""
    if stage in (*ENDED, Stage.BOOKED, Stage.PAST):
        return None
    if kept.due_at is None:
        return kept.referral.act_by
    return kept.due_at if stage in AFTER_THE_VISIT else min(kept.due_at, kept.referral.act_by)
