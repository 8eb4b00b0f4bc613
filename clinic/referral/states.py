"""The states of a referral and the one table of legal moves (referral.md, section 4).

The other side may answer without an account; whatever it can do, staff can note for it,
since many answers come by telephone. Only a reviewed and told outcome closes the loop.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from clinic.errors import IllegalMove
from clinic.marked import marked


class State(StrEnum):
    """Where a referral stands."""

    DRAFT = "draft"
    READY_FOR_SIGNOFF = "ready_for_signoff"
    SENT = "sent"
    RECEIVED = "received"
    NEEDS_INFO = "needs_info"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SCHEDULED = "scheduled"
    PATIENT_NOTIFIED = "patient_notified"
    RESCHEDULED = "rescheduled"
    NO_SHOW = "no_show"
    SEEN = "seen"
    REPORT_RECEIVED = "report_received"
    REVIEWED_AND_PATIENT_TOLD = "reviewed_and_patient_told"
    CANCEL_REQUESTED = "cancel_requested"
    CANCELLED = "cancelled"
    PATIENT_DECLINED = "patient_declined"
    FAILED = "failed"
    ENTERED_IN_ERROR = "entered_in_error"

    @property
    def is_end(self) -> bool:
        """True of the four states that nothing leads out of."""
        return self in END_STATES

    @property
    def is_at_the_other_side(self) -> bool:
        """True from the sending until the report: the receiving page is open."""
        return self in OUT_THERE


END_STATES = frozenset(
    {
        State.REVIEWED_AND_PATIENT_TOLD,
        State.CANCELLED,
        State.PATIENT_DECLINED,
        State.ENTERED_IN_ERROR,
    }
)
WAITING_FOR_THEM = (State.SENT, State.RECEIVED, State.NEEDS_INFO)
BOOKED = (State.SCHEDULED, State.PATIENT_NOTIFIED)
MISSED = (State.RESCHEDULED, State.NO_SHOW)
OUT_THERE = frozenset(
    {*WAITING_FOR_THEM, State.ACCEPTED, *BOOKED, *MISSED, State.SEEN, State.CANCEL_REQUESTED}
)
"""Where the other side still has something to say."""
OPEN = tuple(state for state in State if state not in END_STATES)


class By(StrEnum):
    """Who makes a move."""

    STAFF = "staff"
    CLINICIAN = "clinician"
    RECEIVER = "receiver"
    SYSTEM = "system"


class Needs(StrEnum):
    """What has to be said with a move."""

    REASON = "reason"
    WORDS = "words"
    DATE = "date"
    REPORT = "report"


class Act(StrEnum):
    """What moves a referral."""

    COMPLETE = "complete"
    REVISE = "revise"
    SIGN = "sign"
    SEND = "send"
    ACKNOWLEDGE = "acknowledge"
    ASK = "ask"
    ANSWER = "answer"
    ACCEPT = "accept"
    DECLINE = "decline"
    BOOK = "book"
    TELL_PATIENT = "tell_patient"
    RESCHEDULE = "reschedule"
    MISS = "miss"
    REPORT_SEEN = "report_seen"
    REPORT = "report"
    CLOSE = "close"
    REROUTE = "reroute"
    REQUEST_CANCEL = "request_cancel"
    KEEP = "keep"
    CANCEL = "cancel"
    PATIENT_DECLINES = "patient_declines"
    FAIL = "fail"
    RETRY = "retry"
    MARK_ERROR = "mark_error"


@dataclass(frozen=True, slots=True)
class Move:
    """One legal move: by whom, out of which states, into which, and what must be said."""

    act: Act
    sources: tuple[State, ...]
    target: State
    by: frozenset[By]
    needs: tuple[Needs, ...] = ()


_STAFF = frozenset({By.STAFF, By.CLINICIAN})
_CLINICIAN = frozenset({By.CLINICIAN})
_EITHER_SIDE = _STAFF | {By.RECEIVER}

MOVES: tuple[Move, ...] = (
    Move(Act.COMPLETE, (State.DRAFT,), State.READY_FOR_SIGNOFF, _STAFF),
    Move(Act.REVISE, (State.READY_FOR_SIGNOFF,), State.DRAFT, _STAFF),
    Move(Act.SIGN, (State.READY_FOR_SIGNOFF,), State.READY_FOR_SIGNOFF, _CLINICIAN),
    Move(Act.SEND, (State.READY_FOR_SIGNOFF,), State.SENT, _CLINICIAN),
    Move(Act.ACKNOWLEDGE, (State.SENT,), State.RECEIVED, _EITHER_SIDE),
    Move(
        Act.ASK,
        (State.SENT, State.RECEIVED, State.ACCEPTED),
        State.NEEDS_INFO,
        _EITHER_SIDE,
        (Needs.WORDS,),
    ),
    Move(Act.ANSWER, (State.NEEDS_INFO,), State.RECEIVED, _STAFF, (Needs.WORDS,)),
    Move(Act.ACCEPT, WAITING_FOR_THEM, State.ACCEPTED, _EITHER_SIDE),
    Move(
        Act.DECLINE,
        (*WAITING_FOR_THEM, State.ACCEPTED, *BOOKED, *MISSED),
        State.DECLINED,
        _EITHER_SIDE,
        (Needs.REASON,),
    ),
    Move(
        Act.BOOK,
        (*WAITING_FOR_THEM, State.ACCEPTED, *MISSED),
        State.SCHEDULED,
        _EITHER_SIDE,
        (Needs.DATE,),
    ),
    Move(Act.TELL_PATIENT, (State.SCHEDULED,), State.PATIENT_NOTIFIED, _STAFF),
    Move(Act.RESCHEDULE, BOOKED, State.RESCHEDULED, _EITHER_SIDE, (Needs.REASON,)),
    Move(Act.MISS, BOOKED, State.NO_SHOW, _EITHER_SIDE),
    Move(
        Act.REPORT_SEEN,
        (*WAITING_FOR_THEM, State.ACCEPTED, *BOOKED, *MISSED),
        State.SEEN,
        _EITHER_SIDE,
        (Needs.DATE,),
    ),
    Move(
        Act.REPORT,
        (State.SEEN, State.ACCEPTED, *BOOKED),
        State.REPORT_RECEIVED,
        _EITHER_SIDE,
        (Needs.REPORT,),
    ),
    Move(
        Act.CLOSE,
        (State.REPORT_RECEIVED,),
        State.REVIEWED_AND_PATIENT_TOLD,
        _CLINICIAN,
        (Needs.WORDS,),
    ),
    Move(
        Act.REROUTE,
        (*WAITING_FOR_THEM, State.ACCEPTED, State.DECLINED, *BOOKED, *MISSED, State.FAILED),
        State.CANCELLED,
        _STAFF,
        (Needs.REASON,),
    ),
    Move(
        Act.REQUEST_CANCEL,
        (*WAITING_FOR_THEM, State.ACCEPTED, *BOOKED, *MISSED),
        State.CANCEL_REQUESTED,
        _EITHER_SIDE,
        (Needs.REASON,),
    ),
    Move(Act.KEEP, (State.CANCEL_REQUESTED,), State.RECEIVED, _STAFF, (Needs.REASON,)),
    Move(
        Act.CANCEL,
        (
            State.DRAFT,
            State.READY_FOR_SIGNOFF,
            State.CANCEL_REQUESTED,
            State.DECLINED,
            State.FAILED,
        ),
        State.CANCELLED,
        _STAFF,
        (Needs.REASON,),
    ),
    Move(
        Act.PATIENT_DECLINES,
        tuple(state for state in OPEN if state is not State.REPORT_RECEIVED),
        State.PATIENT_DECLINED,
        _STAFF,
        (Needs.REASON,),
    ),
    Move(Act.FAIL, (State.SENT,), State.FAILED, frozenset({By.SYSTEM, *_STAFF})),
    Move(Act.RETRY, (State.FAILED,), State.READY_FOR_SIGNOFF, _STAFF),
    Move(Act.MARK_ERROR, OPEN, State.ENTERED_IN_ERROR, _CLINICIAN, (Needs.REASON,)),
)

_TABLE: Mapping[tuple[State, Act], Move] = {
    (source, move.act): move for move in MOVES for source in move.sources
}


MOVED_ON = marked("This referral has moved on, or it is not yours to move in this way.")


def move_of(act: Act) -> Move:
    """Give the move of an act, whether it is legal just now or not."""
    return next(move for move in MOVES if move.act is act)


def move_from(state: State, act: Act, by: By) -> Move:
    """Give the move. Raises IllegalMove when the state or the person does not allow it."""
    move = _TABLE.get((state, act))
    if move is None or by not in move.by:
        raise IllegalMove(MOVED_ON)
    return move


def moves_from(state: State, by: By) -> Iterator[Move]:
    """Every move that somebody may make now, in the order of the table."""
    return (move for move in MOVES if state in move.sources and by in move.by)


@dataclass(frozen=True, slots=True)
class Standard:
    """What a state is called in FHIR's Task.status, and in the business status of BSeR.

    `business` is "" where the source names a range only (5.x, an event).
    """

    task: str
    business: str


STANDARD: Mapping[State, Standard] = {
    State.DRAFT: Standard("draft", ""),
    State.READY_FOR_SIGNOFF: Standard("ready", ""),
    State.SENT: Standard("requested", "2.0"),
    State.RECEIVED: Standard("received", ""),
    State.NEEDS_INFO: Standard("on-hold", ""),
    State.ACCEPTED: Standard("accepted", "3.0"),
    State.DECLINED: Standard("rejected", "4.0"),
    State.SCHEDULED: Standard("in-progress", ""),
    State.PATIENT_NOTIFIED: Standard("in-progress", ""),
    State.RESCHEDULED: Standard("in-progress", ""),
    State.NO_SHOW: Standard("on-hold", ""),
    State.SEEN: Standard("in-progress", ""),
    State.REPORT_RECEIVED: Standard("in-progress", ""),
    State.REVIEWED_AND_PATIENT_TOLD: Standard("completed", "7.0"),
    State.CANCEL_REQUESTED: Standard("in-progress", "5.4"),
    State.CANCELLED: Standard("cancelled", "6.0"),
    State.PATIENT_DECLINED: Standard("cancelled", "6.0"),
    State.FAILED: Standard("failed", ""),
    State.ENTERED_IN_ERROR: Standard("entered-in-error", ""),
}
