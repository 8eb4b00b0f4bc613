"""The receiving page as it stands, and with an answer that could not be taken."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask_babel import gettext

from clinic.actions import receiving
from clinic.actions.receiving import OFFERED, Received
from clinic.marked import marked
from clinic.referral.model import Event, Kind
from clinic.referral.states import BOOKED, Act, By, moves_from
from clinic.summary.words import urgency_word
from clinic.triage.rules import Urgency
from clinic.web.referral.forms import AnswerForm
from clinic.web.referral.words import HAPPENED, STANDS
from clinic.web.visit import database, destinations, now, remote_address

KINDS = {
    Kind.CONSULT: marked("Consult: advise us, we go on treating"),
    Kind.CO_MANAGE: marked("Treat together with us"),
    Kind.TAKE_OVER: marked("Take over the care of this problem"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what happened. Of a visit that was, the day is known and no time."""

    at: datetime
    what: str
    words: str
    visit_at: datetime | None
    day_alone: bool


def opened(token: str) -> Received:
    """Read the referral behind a link. Raises ShutDoor, TooManyAttempts."""
    return receiving.read(database(), token, address=remote_address(), now=now())


def shown(token: str, *, tried: AnswerForm | None = None, refused: str = "") -> str:
    """Give the page; `tried` is an answer that was not taken, with what was typed.

    Raises ShutDoor, TooManyAttempts.
    """
    received = opened(token)
    referral = received.kept.referral
    if received.is_answered:
        return render_template(
            "receiving/answered.html", stands=gettext(STANDS[referral.state]), tried=tried
        )
    return render_template(
        "receiving/referral.html",
        token=token,
        received=received,
        referral=referral,
        stands=gettext(STANDS[referral.state]),
        urgency=gettext(urgency_word(referral.urgency, "en")),
        at_once=referral.urgency is Urgency.EMERGENCY_NOW,
        service=destinations().service(referral.service).name,
        kind=gettext(KINDS[referral.kind]),
        booked=referral.visit_at if referral.state in BOOKED else None,
        happened=[_line(event) for event in received.events],
        forms=_forms(received, tried),
        left=tried if tried and tried.act not in _offered(received) else None,
        errors=tried.errors_in_order if tried else [],
        refused=refused,
    )


def _forms(received: Received, tried: AnswerForm | None) -> list[AnswerForm]:
    return [
        tried if tried is not None and tried.act is act else AnswerForm(act)
        for act in _offered(received)
    ]


def _offered(received: Received) -> list[Act]:
    legal = {move.act for move in moves_from(received.kept.referral.state, By.RECEIVER)}
    return [act for act in OFFERED if act in legal]


def _line(event: Event) -> Line:
    seen = event.act is Act.REPORT_SEEN
    return Line(event.at, gettext(HAPPENED[event.act]), event.words, event.visit_at, seen)
