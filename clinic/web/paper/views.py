"""The paper form: print it, begin to type one in, go on, check, send. Staff stay signed in.

The draft is named by the address, and opens only where staff began it from paper; the session
holds nothing of it, so that no patient's session and no form of a patient is ever in play.
"""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import from_paper, intakes
from clinic.actions.paper_forms import WantedForm, paper_form
from clinic.catalogue import tongue
from clinic.errors import Refused
from clinic.intake import Intake
from clinic.questionnaire.model import Step
from clinic.store import intakes as rows
from clinic.store.staff import Role
from clinic.summary.answers import Answers
from clinic.summary.paper_form import codes_of
from clinic.triage.advice import advice_ids
from clinic.triage.assess import assess_intake
from clinic.triage.rules import Urgency
from clinic.web.intake.forms import StepForm
from clinic.web.paper.begin_form import BeginForm
from clinic.web.paper.way import Way
from clinic.web.security import Audience, open_to
from clinic.web.sentences import sentence
from clinic.web.staff.doors import reader
from clinic.web.staff.words import moment
from clinic.web.visit import (
    articles,
    clinic_details,
    database,
    house,
    now,
    questionnaires,
    rules,
    settings,
    today,
    zone,
)

blueprint = Blueprint("paper", __name__, url_prefix="/paper")

QUESTIONNAIRE = "low-back-intake"
KEPT = "paper_forms"
DESK = (Audience.FRONT_DESK, Audience.CLINICIAN)
STAFF = (*DESK, Audience.ADMIN)
NOT_THIS_LANGUAGE = "The form is not printed in this language."
UNDER_AGE = "The patient is under 18. These questions are for adults. Call a clinician."


@blueprint.route("/")
@open_to(*STAFF)
def forms() -> str:
    """Show the papers to print, and those that are being typed in."""
    return _forms_page(_begin_form())


def _forms_page(form: BeginForm) -> str:
    who = reader()
    types = who.member.role is not Role.ADMIN
    found = from_paper.waiting(database(), by=who.member, now=who.now) if types else []
    return render_template(
        "paper/forms.html",
        questionnaire=QUESTIONNAIRE,
        languages=[(each.value, each.label) for each in form.language.choices],
        form=form,
        errors=list(form.problems),
        types=types,
        waiting=[
            (
                each,
                moment(each.began_at, who.zone, who.now),
                moment(each.saved_at, who.zone, who.now),
            )
            for each in found
        ],
    )


@blueprint.route("/<questionnaire_id>.pdf")
@open_to(*STAFF)
def form_pdf(questionnaire_id: str) -> WebResponse:
    """Give a form to be filled in by hand. It is made once, and holds nothing about anybody."""
    language = request.args.get("lang", settings().languages[0])
    if language not in settings().languages:
        raise Refused(NOT_THIS_LANGUAGE)
    form = questionnaires().current(questionnaire_id)
    wanted = WantedForm(form, language, large="large" in request.args, size=settings().paper)
    made: dict[tuple[str, str, str, bool], bytes] = current_app.extensions.setdefault(KEPT, {})
    key = (form.id, form.version, language, wanted.large)
    if key not in made:
        paper = paper_form(wanted, rules=rules(), articles=articles(), clinic=clinic_details())
        made[key] = house().pool.render_paper(paper)
    response = Response(made[key], mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="paper-form.pdf"'
    return response


@blueprint.route("/begin", methods=["POST"])
@open_to(*DESK)
def begin() -> WebResponse | tuple[str, int]:
    """Begin to type a paper form in, once it is signed."""
    form = _begin_form(request.form)
    if not form.validate():
        return _forms_page(form), 422
    paper = from_paper.SignedPaper(
        questionnaire=questionnaires().current(QUESTIONNAIRE),
        language=form.language.data,
        signed_by=form.name.data,
        signed_on=form.day("signed_on"),
        answered_on=form.day("answered_on"),
        text=articles().page("consent", form.language.data),
    )
    begun = from_paper.begin(database(), paper, by=reader().member, now=now(), zone=zone())
    return redirect(Way(begun).to_go_on(), code=303)


@blueprint.route("/typing/<uuid:intake_id>/")
@open_to(*DESK)
def go_on(intake_id: UUID) -> WebResponse:
    """Go on where typing stopped."""
    return redirect(Way(_draft(intake_id)).to_go_on(), code=303)


@blueprint.route("/typing/<uuid:intake_id>/<step_id>", methods=["GET", "POST"])
@open_to(*DESK)
def step(intake_id: UUID, step_id: str) -> str | WebResponse:
    """Show one step, and keep what is typed."""
    intake = _draft(intake_id)
    page = intake.step(step_id)
    if request.method == "GET":
        return _step_page(intake, page, _step_form(intake, page))
    form = _step_form(intake, page, posted=True)
    kept = from_paper.record(
        database(),
        questionnaires(),
        rules(),
        intake,
        form.valid_answers(),
        offered=form.offered,
        by=reader().member,
        now=now(),
        today=today(),
    )
    way = Way(kept.intake, changing="_change" in request.form)
    answered = not form.rearranged and form.validate()
    if kept.alarming:
        return redirect(way.urgent(page), code=303)
    if answered:
        return redirect(way.after(page), code=303)
    return _step_page(kept.intake, page, form)


def _step_form(intake: Intake, page: Step, *, posted: bool = False) -> StepForm:
    return StepForm(
        page,
        intake,
        request.form if posted else None,
        intake.response.language,
        today=today(),
        zone=zone(),
        translate=gettext,
        codes=codes_of(intake.questionnaire),
    )


def _step_page(intake: Intake, page: Step, form: StepForm) -> str:
    changing = "change" in request.args or "_change" in request.form
    steps = [each.id for each in intake.steps]
    new, all_keys = intake.not_offered(page), list(intake.questions(page))
    return render_template(
        "paper/step.html",
        intake=intake,
        step=page,
        form=form,
        spoken=intake.response.language,
        number=steps.index(page.id) + 1 if page.id in steps else len(steps),
        total=len(steps),
        back=Way(intake, changing=changing).before(page),
        changing=changing,
        more_questions=0 < len(new) < len(all_keys),
        under_age=UNDER_AGE if intakes.is_under_age(intake) else "",
    )


@blueprint.route("/typing/<uuid:intake_id>/review")
@open_to(*DESK)
def review(intake_id: UUID) -> str:
    """Show every answer as it was typed, what is open, and the button that sends."""
    intake = _draft(intake_id)
    way = Way(intake, changing=True)
    with database().reading() as reading:
        key = rows.idempotency_key(reading, intake.id)
    return render_template(
        "paper/review.html",
        intake=intake,
        spoken=intake.response.language,
        answered=Answers(intake, tongue(intake.response.language), zone()).steps(),
        codes=codes_of(intake.questionnaire),
        waiting=intakes.in_the_way(intake, {}, now()),
        under_age=UNDER_AGE if intakes.is_under_age(intake) else "",
        call_today=assess_intake(rules(), intake, today()).urgency.rank <= Urgency.SAME_DAY.rank,
        place_of=way.step,
        place_of_id=way.step_id,
        words_of=lambda problem: sentence(problem.pattern, problem.values, gettext, "en"),
        key=key,
        days=(today() - intake.answered_on).days if intake.answered_on else 0,
    )


@blueprint.route("/typing/<uuid:intake_id>/send", methods=["POST"])
@open_to(*DESK)
def send(intake_id: UUID) -> WebResponse:
    """Send what was typed in, once however often it is pressed."""
    with database().reading() as reading:
        sent = rows.facts(reading, intake_id).submitted_at is not None
    if not sent:
        try:
            from_paper.send(
                database(),
                questionnaires(),
                rules(),
                _draft(intake_id),
                key=request.form.get("key", ""),
                by=reader().member,
                now=now(),
                zone=zone(),
            )
        except intakes.NotReady:
            return redirect(url_for("staff.paper.review", intake_id=intake_id), code=303)
        flash("Sent. Write the reference on the paper, and file it.", "success")
    return redirect(url_for("staff.intakes.page", intake_id=intake_id), code=303)


@blueprint.route("/typing/<uuid:intake_id>/urgent")
@open_to(*DESK)
def urgent(intake_id: UUID) -> str | WebResponse:
    """Tell staff to act now: what they typed is an emergency."""
    intake = _draft(intake_id)
    way = Way(intake)
    emergencies = assess_intake(rules(), intake, today()).emergencies
    if not emergencies:
        return redirect(way.to_go_on(), code=303)
    left = next((each for each in intake.steps if each.id == request.args.get("after")), None)
    return render_template(
        "paper/urgent.html",
        intake=intake,
        findings=[rules().rule(finding.rule_id).row_words for finding in emergencies],
        told=advice_ids(emergencies),
        advice=articles().page("advice", intake.response.language),
        spoken=intake.response.language,
        chart=url_for("staff.intakes.page", intake_id=intake.id),
        back=way.step(left) if left else way.to_go_on(),
        go_on=way.after(left) if left else way.to_go_on(),
    )


def _begin_form(posted: object = None) -> BeginForm:
    return BeginForm(posted, languages=settings().languages, today=today())


def _draft(intake_id: UUID) -> Intake:
    return from_paper.open_draft(
        database(), questionnaires(), intake_id, by=reader().member, now=now()
    )
