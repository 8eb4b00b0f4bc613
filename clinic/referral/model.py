"""A referral: who is asked for what, by when, and everything that happened to it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from clinic.errors import BadInput
from clinic.marked import marked
from clinic.referral.states import Act, By, Needs, State, move_from
from clinic.triage.rules import Urgency

A_MOMENT = timedelta(microseconds=1)
"""Between two moves while the clock is set back: the history is read in the order of time."""
SHOWN_HASH = 16
"""So many letters of a hash tell one letter from another."""
SAME_SERVICE_DAYS = 30
"""Within this long a second referral of a patient to one service needs a reason."""


class Kind(StrEnum):
    """What is asked of the other side."""

    CONSULT = "consult"
    CO_MANAGE = "co_manage"
    TAKE_OVER = "take_over"


KIND_WORDS = {
    Kind.CONSULT: "Consult: advise us, we go on treating",
    Kind.CO_MANAGE: "Treat together with us",
    Kind.TAKE_OVER: "Take over the care of this problem",
}


class Channel(StrEnum):
    """How a signed letter leaves."""

    PRINT = "print"
    FAX = "fax"
    MAIL = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed which letter. `letter_hash` is the SHA-256 of what was signed, in hex.

    `added` says how much the patient had added to the answers by then.
    """

    staff_id: UUID
    name: str
    role: str
    at: datetime
    letter_hash: str
    added: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What comes with a move: a reason or other words, a day and time, a report."""

    words: str = ""
    visit_at: datetime | None = None
    has_report: bool = False

    def missing(self, needs: tuple[Needs, ...]) -> str:
        """Give what has still to be said, in a sentence; "" when nothing."""
        given = {
            Needs.REASON: bool(self.words.strip()),
            Needs.WORDS: bool(self.words.strip()),
            Needs.DATE: self.visit_at is not None,
            Needs.REPORT: self.has_report or bool(self.words.strip()),
        }
        return next((ASK_FOR[need] for need in needs if not given[need]), "")


ASK_FOR = {
    Needs.REASON: marked("Give the reason."),
    Needs.WORDS: marked("Write what is to be said."),
    Needs.DATE: marked("Give the day and the time of the visit."),
    Needs.REPORT: marked("Write the report, or attach it."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a history that only grows. `actor_id` is None for the other side."""

    act: Act
    by: By
    at: datetime
    source: State
    target: State
    words: str = ""
    visit_at: datetime | None = None
    actor_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One referral as it stands. `replaces` is the one that was sent elsewhere instead.

    `gate_reason` and `doubled_reason` are what a clinician gave for going on in spite of the
    gate, or of another referral to the same service. `added_reason` is why the signed letter
    stands although the patient added something since; `added_known` is how much that was.
    """

    id: UUID
    reference: str
    intake_id: UUID
    patient_id: UUID
    service: str
    provider_id: UUID | None
    kind: Kind
    question: str
    urgency: Urgency
    act_by: datetime
    state: State
    entered_at: datetime
    created_at: datetime
    version: int
    owner_id: UUID | None = None
    visit_at: datetime | None = None
    signature: Signature | None = None
    channel: Channel | None = None
    replaces: UUID | None = None
    gate_reason: str = ""
    doubled_reason: str = ""
    added_reason: str = ""
    added_known: int = 0

    def signed(self, signature: Signature) -> tuple["Referral", Event]:
        """Give the referral with a signature, and the line for its history.

        Its clock goes on: nothing has left yet. Raises IllegalMove.
        """
        move = move_from(self.state, Act.SIGN, By.CLINICIAN)
        event = Event(
            act=Act.SIGN,
            by=By.CLINICIAN,
            at=max(signature.at, self.entered_at),
            source=self.state,
            target=move.target,
            words=f"Hash {signature.letter_hash[:SHOWN_HASH]}",
            actor_id=signature.staff_id,
        )
        return replace(self, signature=signature), event

    def moved(
        self, act: Act, by: By, said: Said, *, now: datetime, actor_id: UUID | None = None
    ) -> tuple["Referral", Event]:
        """Give the referral after a move, and the line for its history.

        Raises IllegalMove, and BadInput when something has to be said with it.
        """
        move = move_from(self.state, act, by)
        missing = said.missing(move.needs)
        if missing:
            raise BadInput(missing)
        at = now if now >= self.entered_at else self.entered_at + A_MOMENT
        event = Event(
            act=act,
            by=by,
            at=at,
            source=self.state,
            target=move.target,
            words=said.words.strip(),
            visit_at=said.visit_at,
            actor_id=actor_id,
        )
        return replace(
            self,
            state=move.target,
            entered_at=at,
            visit_at=_visit(self, act, said),
            signature=None if move.target is State.DRAFT else self.signature,
        ), event


def _visit(referral: Referral, act: Act, said: Said) -> datetime | None:
    """A booked visit stands until it is missed, moved or declined."""
    if act in (Act.RESCHEDULE, Act.MISS, Act.DECLINE):
        return None
    return said.visit_at or referral.visit_at


def is_doubled(one: Referral, other: Referral) -> bool:
    """True when two referrals ask one service for one patient within SAME_SERVICE_DAYS.

    One that ended without a visit does not count.
    """
    apart = abs(one.created_at - other.created_at)
    return (
        one.id != other.id
        and one.patient_id == other.patient_id
        and one.service == other.service
        and apart <= timedelta(days=SAME_SERVICE_DAYS)
        and other.state not in (State.CANCELLED, State.ENTERED_IN_ERROR, State.PATIENT_DECLINED)
    )
