"""What a patient forgot: a few words that are added to answers which were sent."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WebResponse

from clinic.actions.amendments import add_to_sent
from clinic.web.intake.add_form import FROM_DONE, AddForm, intake_to_add_to
from clinic.web.intake.coming_back import STATUS_KEY, status_page
from clinic.web.intake.entry import ResumeForm
from clinic.web.intake.views import done_page
from clinic.web.security import Audience, open_to
from clinic.web.visit import INTAKE_KEY, current_intake, database, now, today, zone

blueprint = Blueprint("adding", __name__)


@blueprint.route("/status/add", methods=["GET", "POST"])
@open_to(Audience.PATIENT)
def add() -> str | WebResponse | tuple[str, int]:
    """Keep what was typed, and lead back to the page where it was typed."""
    if request.method == "GET":
        return redirect(url_for("coming_back.status"), code=303)
    form = AddForm(request.form)
    is_done = request.form.get("from") == FROM_DONE and INTAKE_KEY in session
    intake_id = current_intake().id if is_done else intake_to_add_to(form)
    if intake_id is None:
        page = render_template(
            "intake/status_ask.html", form=ResumeForm(None, today()), kept_text=form.text.data
        )
        return page, 400
    if not form.validate():
        return (done_page(form) if is_done else status_page(intake_id, form)), 422
    add_to_sent(database(), intake_id, form.text.data, once=form.once, now=now(), zone=zone())
    flash(_("Added. Staff will see it beside your answers."), "success")
    if is_done:
        return redirect(url_for("intake.done"), code=303)
    session[STATUS_KEY] = str(intake_id)
    return redirect(url_for("coming_back.status"), code=303)
