"""What became of the answers that were sent: by code and birth date."""

from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions.intakes import resume_intake
from clinic.store import intakes
from clinic.web.intake.entry import ResumeForm
from clinic.web.security import Audience, open_to
from clinic.web.visit import articles, database, now, remote_address, today

blueprint = Blueprint("status", __name__)

STATUS_KEY = "status"


@blueprint.route("/status", methods=["GET", "POST"])
@open_to(Audience.PATIENT)
def status() -> str | WebResponse:
    """Ask for code and birth date, then say once whether the answers were read."""
    form = ResumeForm(request.form if request.method == "POST" else None, today())
    if request.method == "POST" and form.validate() and _find(form):
        return redirect(url_for("status.status"), code=303)
    known = session.pop(STATUS_KEY, None) if request.method == "GET" else None
    if known:
        return _found(UUID(known))
    return render_template("intake/status_ask.html", form=form)


def _find(form: ResumeForm) -> bool:
    if form.birth_date is None:
        return False
    found = resume_intake(
        database(), form.code, form.birth_date, address=remote_address(), now=now()
    )
    if found is None:
        form.refuse()
        return False
    session[STATUS_KEY] = str(found.intake_id)
    return True


def _found(intake_id: UUID) -> str:
    with database().reading() as reading:
        facts = intakes.facts(reading, intake_id)
    return render_template(
        "intake/status.html",
        facts=facts,
        next_steps=articles().page("next-steps", g.language),
        signs=articles().page("safety-net", g.language),
    )
