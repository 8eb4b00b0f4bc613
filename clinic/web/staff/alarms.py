"""Acknowledge an emergency, and let an open page ask what is new."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, jsonify, redirect, request, url_for
from flask import Response as JsonResponse
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import alerts as actions
from clinic.errors import BadInput
from clinic.store import alerts, news
from clinic.store.staff import Role
from clinic.web.security import Audience, open_to
from clinic.web.sessions import unseen
from clinic.web.staff.alarm_lines import AlarmLine, acknowledged_words, alarm_line_of
from clinic.web.staff.doors import reader
from clinic.web.staff.words import moment
from clinic.web.visit import database, now

blueprint = Blueprint("alarms", __name__)

PATIENT_ROLES = (Audience.FRONT_DESK, Audience.CLINICIAN)
POLL_SECONDS = 20
BACK_TO_LIST = "list"
STAYS = "It stays on top until you record what was done."


@dataclass(frozen=True, slots=True)
class Watch:
    """What a page shows of alarms when it is loaded, and the place that its script asks from.

    On a patient's page `alarm` is the patient's own, and `standing` counts the others.
    """

    mark: str
    standing: int
    since: str
    intake_id: UUID | None
    alarm: AlarmLine | None
    seconds: int = POLL_SECONDS


def watch() -> Watch | None:
    """Give what a page watches, or None for somebody who sees no patients.

    Take it before the list is read: what comes in between then counts as new, and is not lost.
    """
    member = g.get("signed_in")
    if member is None or member.role == Role.ADMIN:
        return None
    who = reader()
    intake_id = (request.view_args or {}).get("intake_id")
    with database().reading() as tx:
        mark = news.mark(tx, who.now)
        standing = alerts.standing(tx, besides=intake_id)
        alert = alerts.latest_of(tx, [intake_id]).get(intake_id) if intake_id else None
        people = actions.people_of(tx, alert) if alert else {}
    return Watch(
        mark=mark,
        standing=standing.number,
        since=moment(standing.since, who.zone, who.now) if standing.since else "",
        intake_id=intake_id,
        alarm=alarm_line_of(alert, people, who),
    )


def for_templates() -> dict[str, Any]:
    """Let the frame of the staff pages ask, when it is drawn."""
    return {"watching": watch}


@blueprint.route("/news")
@open_to(*PATIENT_ROLES)
def whats_new() -> JsonResponse:
    """Tell an open page how many came since it was loaded: numbers, and nothing of a patient.

    It does not count as being seen, so that a page left open does not keep its session alive.
    """
    unseen()
    with database().reading() as tx:
        found = news.since(tx, request.args.get("seen", ""))
    return jsonify(new=found.new, emergencies=found.emergencies, standing=found.standing)


@blueprint.route("/intakes/<uuid:intake_id>/acknowledge", methods=["POST"])
@open_to(*PATIENT_ROLES)
def acknowledge(intake_id: UUID) -> WebResponse:
    """Say that one has seen an emergency. Whoever was first is named."""
    who = reader()
    alert = actions.acknowledge(
        database(), intake_id, _alert_id(request.form.get("alert", "")), by=who.member, now=now()
    )
    flash(_words(alert), "success")
    if request.form.get("back") == BACK_TO_LIST:
        return redirect(url_for("staff.worklist"), code=303)
    return redirect(url_for("staff.intakes.page", intake_id=intake_id), code=303)


def _words(alert: alerts.Alert) -> str:
    who = reader()
    if alert.acknowledged_by is None:
        return "What was done is recorded already."
    if alert.acknowledged_by == who.member.id:
        return f"Acknowledged: no more mail comes. {STAYS}"
    with database().reading() as tx:
        first = actions.people_of(tx, alert)
    return f"{acknowledged_words(alert, first, who)} {STAYS}"


def _alert_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput("This page is too old. Load it again.") from None
