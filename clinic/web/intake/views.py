"""The intake: agree, answer step by step, check, send, take the paper."""

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import intakes as actions
from clinic.actions.documents import summary_pdf as make_summary_pdf
from clinic.actions.returning import from_last_time
from clinic.catalogue import tongue
from clinic.errors import Refused
from clinic.intake import BIRTH_DATE, Intake
from clinic.marked import marked
from clinic.pdf.render import Edition
from clinic.questionnaire.checks import Problem
from clinic.questionnaire.model import Step
from clinic.store import intakes
from clinic.summary.answers import Answers
from clinic.triage.advice import advice_ids
from clinic.triage.assess import assess_intake
from clinic.triage.rules import Urgency
from clinic.web import sessions
from clinic.web.hours import closed
from clinic.web.intake.add_form import AddForm
from clinic.web.intake.answering import (
    confirmed,
    hear,
    is_changing,
    keep,
    saving,
    step_form,
    typed_in,
)
from clinic.web.intake.beginning import begin, key_of_page, may_start
from clinic.web.intake.entry import ConsentForm, errors_of
from clinic.web.intake.forms import StepForm
from clinic.web.intake.posted import LANGUAGE, LOOK
from clinic.web.intake.way import is_left_out, place_after, place_before, place_of, place_to_go_on
from clinic.web.own import (
    advice_told,
    assessment_of,
    drawing_words,
    provider_summary_of,
    summary_of,
)
from clinic.web.post_limits import counted_in_action
from clinic.web.security import Audience, open_to
from clinic.web.sentences import sentence
from clinic.web.visit import (
    articles,
    current_intake,
    database,
    has_intake,
    house,
    now,
    questionnaires,
    rules,
    settings,
    today,
    zone,
)

blueprint = Blueprint("intake", __name__, url_prefix="/intake")

PAPER_FROM_STAFF = marked("This tablet keeps no paper. Ask staff: they print it for you.")
SEND_FIRST = marked("Your paper is ready once you have sent your answers.")


@blueprint.route("/", methods=["GET", "POST"])
@open_to(Audience.PATIENT)
def start() -> str | WebResponse:
    """Say what this is, and take the agreement; or show how to go on with an open draft."""
    if request.method == "GET" and has_intake() and not current_intake().submitted:
        return _opened(current_intake())
    form = ConsentForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate():
        begin(form.name.data)
        return redirect(url_for("intake.start"), code=303)
    return render_template(
        "intake/start.html",
        form=form,
        errors=list(errors_of(form)),
        consent=articles().page("consent", g.language),
        may_start=may_start(),
        key=key_of_page(),
        closed=closed(),
        sent=has_intake() and current_intake().submitted,
    )


def _opened(intake: Intake) -> str:
    if actions.is_under_age(intake):
        step = intake.questionnaire.step_of(BIRTH_DATE)
        return render_template(
            "intake/under_age.html", change=place_of(step), signs=_signs(), closed=closed()
        )
    return render_template(
        "intake/begun.html",
        go_on=place_to_go_on(intake),
        answered=bool(intake.offered),
        closed=closed(),
        **saving(),
    )


@blueprint.route("/<step_id>", methods=["GET", "POST"])
@open_to(Audience.PATIENT)
@counted_in_action
def step(step_id: str) -> str | WebResponse:
    """Show one step, and keep what the patient answers."""
    intake = current_intake()
    if request.method == "GET" and intake.submitted:
        return redirect(url_for("intake.done"), code=303)
    if LANGUAGE in request.form or LOOK in request.form:
        return _switched(intake, step_id)
    if is_left_out(intake, step_id):
        return redirect(place_to_go_on(intake), code=303)
    page = intake.step(step_id)
    posted = request.form if request.method == "POST" else None
    if posted is None and _is_barred(intake, page):
        return redirect(url_for("intake.start"), code=303)
    form = step_form(page, intake, posted)
    if posted is not None:
        away = keep(intake, page, form)
        if away:
            return redirect(away, code=303)
    return _show(current_intake(), page, form)


def _switched(intake: Intake, step_id: str) -> str | WebResponse:
    """Keep a page in the language that it was typed in, then show it as it was asked for."""
    before = intake.in_language(typed_in())
    page = before.step(step_id)
    away = keep(before, page, step_form(page, before, request.form))
    after = hear(current_intake())
    if away or is_left_out(after, step_id):
        return redirect(away or place_to_go_on(after), code=303)
    page = after.step(step_id)
    return _show(after, page, step_form(page, after, request.form))


def _is_barred(intake: Intake, page: Step) -> bool:
    return actions.is_under_age(intake) and page is not intake.questionnaire.step_of(BIRTH_DATE)


def _show(intake: Intake, page: Step, form: StepForm) -> str:
    changing = is_changing()
    steps = [each.id for each in intake.steps]
    new, all_keys = intake.not_offered(page), list(intake.questions(page))
    return render_template(
        "intake/kept_step.html",
        step=page,
        form=form,
        number=steps.index(page.id) + 1 if page.id in steps else len(steps),
        total=len(steps),
        back=place_before(intake, page, changing=changing),
        hidden={"_change": "1"} if changing else {},
        more_questions=0 < len(new) < len(all_keys),
        from_last_time=from_last_time(intake, page),
        **saving(),
    )


@blueprint.route("/review")
@open_to(Audience.PATIENT)
def review() -> str | WebResponse:
    """Show every answer, what is still open, and the button that sends."""
    intake = current_intake()
    if intake.submitted:
        return redirect(url_for("intake.done"), code=303)
    if actions.is_under_age(intake):
        return redirect(url_for("intake.start"), code=303)
    with database().reading() as reading:
        key = intakes.idempotency_key(reading, intake.id)
    return render_template(
        "intake/review.html",
        answered=Answers(intake, tongue(g.language), zone()).steps(),
        waiting=actions.in_the_way(intake, confirmed(), now()),
        key=key,
        place_of=lambda step: place_of(step, changing=True),
        place_of_id=lambda step_id: url_for("intake.step", step_id=step_id, change=1),
        words_of=_words_of,
        back=place_of(intake.steps[-1]),
        closed=closed(),
        **saving(),
    )


def _words_of(problem: Problem) -> str:
    return sentence(problem.pattern, problem.values, gettext, g.language)


@blueprint.route("/send", methods=["POST"])
@open_to(Audience.PATIENT)
def send() -> WebResponse:
    """Send the answers, once however often it is pressed."""
    actions.submit_intake(
        database(),
        questionnaires(),
        rules(),
        current_intake().id,
        idempotency_key=request.form.get("key", ""),
        confirmed=confirmed(),
        now=now(),
        zone=zone(),
        language=g.language,
    )
    return redirect(url_for("intake.done"), code=303)


@blueprint.errorhandler(actions.NotReady)
def not_ready(_: actions.NotReady) -> WebResponse:
    """Lead back to the page that says what is still open."""
    return redirect(url_for("intake.review"), code=303)


@blueprint.route("/done")
@open_to(Audience.PATIENT)
def done() -> str | WebResponse:
    """Say that the answers arrived, what happens next, and where the paper is."""
    if not current_intake().submitted:
        return redirect(url_for("intake.review"), code=303)
    return done_page(AddForm())


def done_page(adding: AddForm) -> str:
    """Give the page after sending; `adding` is the form for what was forgotten."""
    intake = current_intake()
    mine = summary_of(intake)
    return render_template(
        "intake/done.html",
        mine=mine,
        adding=adding,
        is_alarm=mine.urgency is Urgency.EMERGENCY_NOW,
        told=advice_told(mine.urgency, assessment_of(intake)),
        next_steps=articles().page("next-steps", g.language),
        advice=articles().page("advice", g.language),
        after=articles().page("after-sending", g.language),
        signs=_signs(),
        closed=closed(),
        stretches={each.id: each for each in articles().stretches(g.language)},
        stretching=articles().page("stretches", g.language),
        stop=house().handouts[g.language].stretches[0].stop,
        options=articles().options(g.language),
        choosing=articles().get("options", "choosing-a-facility", g.language),
        drawing_words=drawing_words,
        today=today(),
        **saving(),
    )


@blueprint.route("/summary.pdf")
@open_to(Audience.PATIENT)
def summary_pdf() -> WebResponse:
    """Give the patient's paper; in large print where the address asks for it."""
    if sessions.on_tablet():
        raise Refused(PAPER_FROM_STAFF)
    intake = current_intake()
    if not intake.submitted:
        raise Refused(SEND_FIRST)
    pdf = make_summary_pdf(
        database(),
        house().pool,
        provider_summary_of(intake),
        Edition.PATIENT,
        paper=settings().paper,
        large="large" in request.args,
        now=now(),
        patient_summary=summary_of(intake),
    )
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="back-pain-summary.pdf"'
    return response


@blueprint.route("/urgent")
@open_to(Audience.PATIENT)
def urgent() -> str | WebResponse:
    """Tell the patient to get help now. Going on is possible, and stands below."""
    intake = current_intake()
    if intake.submitted:
        return redirect(url_for("intake.done"), code=303)
    emergencies = assess_intake(rules(), intake, today()).emergencies
    if not emergencies:
        return redirect(place_to_go_on(intake), code=303)
    left = [step for step in intake.steps if step.id == request.args.get("after")]
    changing = is_changing()
    return render_template(
        "intake/urgent.html",
        told=advice_ids(emergencies),
        advice=articles().page("advice", g.language),
        closed=closed(),
        back=place_of(left[0], changing=changing) if left else url_for("intake.start"),
        go_on=place_after(intake, left[0], changing=changing) if left else place_to_go_on(intake),
    )


def _signs() -> object:
    return articles().page("safety-net", g.language)
