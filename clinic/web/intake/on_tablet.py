"""A clinic tablet between two patients: ready for the next, more time, a form gone on with."""

from datetime import date
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WebResponse

from clinic.actions.tablets import go_on as open_form
from clinic.marked import marked
from clinic.web import sessions
from clinic.web.intake.answering import hold
from clinic.web.intake.entry import BIRTH, ResumeForm
from clinic.web.intake.way import place_to_go_on
from clinic.web.languages import own_address
from clinic.web.own import assessment_of, own_answers
from clinic.web.security import Audience, open_to
from clinic.web.tablet import GO_ON_KEY, MORE_TIME_KEY, wipe
from clinic.web.visit import NoIntake, current_intake, database, now, today

blueprint = Blueprint("tablet", __name__, url_prefix="/tablet")

NOT_THIS_DATE = marked("This is not the date of birth on this form. Check it, or ask staff.")


class BirthDateForm(ResumeForm):
    """The birth date alone: staff said which form it is."""

    def __init__(self, posted: MultiDict[str, str] | None, today: date, form_id: str) -> None:
        super().__init__(posted, today)
        self.code = form_id

    def refuse(self) -> None:
        """Say that the form belongs to somebody born on another day."""
        self.errors[BIRTH], self.wrong_part = gettext(NOT_THIS_DATE), self.first_part


@blueprint.route("/")
@open_to(Audience.PATIENT)
def ready() -> WebResponse:
    """Forget the patient who was here, and wait for the next one. What was saved is kept.

    That somebody has to get help now outlives the answers: whoever was told may not see or hear.
    """
    if not sessions.on_tablet():
        return redirect(url_for("education.home"), code=303)
    left = own_answers()
    unsent = left.reference if left and not left.submitted else ""
    get_help = "help" in request.args or (left is not None and assessment_of(left).is_emergency)
    sessions.end()
    response: Response = make_response(
        render_template(
            "intake/tablet_ready.html",
            unsent=unsent,
            get_help=get_help,
            over="over" in request.args,
        )
    )
    wipe(response)
    return response


@blueprint.route("/here")
@open_to(Audience.PATIENT)
def here() -> WebResponse:
    """Take note that somebody still types: that the request came is all that counts."""
    return Response(status=204, mimetype="text/plain")


@blueprint.route("/more-time", methods=["POST"])
@open_to(Audience.PATIENT)
def more_time() -> WebResponse:
    """Give ten times as long for each page, before the limit is met."""
    session[MORE_TIME_KEY] = True
    back = own_address(request.form.get("back", ""))
    return redirect(back or url_for("intake.start"), code=303)


@blueprint.route("/go-on", methods=["GET", "POST"])
@open_to(Audience.PATIENT)
def go_on() -> str | WebResponse:
    """Open the form that staff handed over, once its owner gives the date of birth."""
    form_id = session.get(GO_ON_KEY)
    if form_id is None or not sessions.on_tablet():
        raise NoIntake("Staff handed no form over on this device.")
    posted = request.form if request.method == "POST" else None
    form = BirthDateForm(posted, today(), form_id)
    if posted is not None and form.validate() and form.birth_date:
        if open_form(database(), UUID(form_id), form.birth_date, now=now()):
            return redirect(_opened(UUID(form_id)), code=303)
        form.refuse()
    return render_template("intake/tablet_go_on.html", form=form)


def _opened(intake_id: UUID) -> str:
    hold(intake_id, "")
    intake = current_intake()
    # Whoever was told to get help, and comes back, is told once more before anything else.
    return url_for("intake.urgent") if intake.alarms else place_to_go_on(intake)
