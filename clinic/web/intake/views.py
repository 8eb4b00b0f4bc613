"""The intake: agree, answer step by step, check, send, take the paper."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, g, redirect, render_template, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import intakes as actions
from clinic.actions.documents import summary_pdf as make_summary_pdf
from clinic.errors import NotAllowed, Refused
from clinic.intake import BIRTH_DATE, Consent, Intake
from clinic.pdf.render import Edition
from clinic.questionnaire.model import Step
from clinic.store import assessments, intakes
from clinic.store.sessions import PATIENT_IDLE
from clinic.summary.answers import Answers
from clinic.summary.build import build_summary
from clinic.summary.model import Summary
from clinic.triage.assess import Assessment, Finding, assess_intake
from clinic.web import sessions
from clinic.web.intake.entry import KEPT, KEPT_STEP, ConsentForm, ResumeForm, errors_of
from clinic.web.intake.forms import StepForm
from clinic.web.intake.way import place_after, place_before, place_of, place_to_go_on
from clinic.web.security import Audience, open_to
from clinic.web.visit import (
    CODE_KEY,
    INTAKE_KEY,
    articles,
    clinic_details,
    current_intake,
    database,
    has_intake,
    house,
    now,
    questionnaires,
    remote_address,
    rules,
    settings,
    today,
    zone,
)

blueprint = Blueprint("intake", __name__, url_prefix="/intake")

QUESTIONNAIRE = "low-back-intake"
CONFIRMED_KEY = "confirmed"
NERVE_FLAGS = frozenset({"cauda_equina", "motor_deficit", "cord_compression"})
"""red_flags.md section 1: with an emergency of these, the patient must not drive."""


@blueprint.route("/", methods=["GET", "POST"])
@open_to(Audience.PATIENT)
def start() -> str | WebResponse:
    """Say what this is, and take the agreement; or show how to go on with an open draft."""
    if request.method == "GET" and has_intake() and not current_intake().submitted:
        return _opened(current_intake())
    form = ConsentForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate():
        _begin(form.name.data)
        return redirect(url_for("intake.start"), code=303)
    return render_template(
        "intake/start.html",
        form=form,
        errors=list(errors_of(form)),
        consent=articles().page("consent", g.language),
        open_intake=settings().open_intake,
        sent=has_intake() and current_intake().submitted,
    )


def _opened(intake: Intake) -> str:
    if actions.is_under_age(intake):
        step = intake.questionnaire.step_of(BIRTH_DATE)
        return render_template("intake/under_age.html", change=place_of(step), signs=_signs())
    return render_template(
        "intake/begun.html",
        go_on=place_to_go_on(intake),
        answered=bool(intake.offered),
        **_saving(),
    )


def _begin(name: str) -> None:
    if not settings().open_intake:
        raise NotAllowed("To start, use the link that the clinic sent you, or call us.")
    text = articles().page("consent", g.language)
    begun = actions.start_intake(
        database(),
        questionnaires().current(QUESTIONNAIRE),
        Consent(name, str(text.version), text.digest, now()),
        now=now(),
        address=remote_address(),
        resume_days=settings().resume_days,
        language=g.language,
    )
    _hold(begun.intake.id, begun.code)


def _hold(intake_id: UUID, code: str) -> None:
    """Let this device, and no session known before, hold an intake."""
    session.clear()
    session[INTAKE_KEY] = str(intake_id)
    session[CODE_KEY] = code
    sessions.renew()


@blueprint.route("/<step_id>", methods=["GET", "POST"])
@open_to(Audience.PATIENT)
def step(step_id: str) -> str | WebResponse:
    """Show one step, and keep what the patient answers."""
    intake = current_intake()
    if request.method == "GET" and intake.submitted:
        return redirect(url_for("intake.done"), code=303)
    page = intake.step(step_id)
    posted = request.form if request.method == "POST" else None
    if posted is None and _is_barred(intake, page):
        return redirect(url_for("intake.start"), code=303)
    form = StepForm(page, intake, posted, g.language, today=today(), zone=zone())
    if posted is not None:
        away = _keep(intake, page, form)
        if away:
            return redirect(away, code=303)
    return _show(current_intake(), page, form)


def _is_barred(intake: Intake, page: Step) -> bool:
    return actions.is_under_age(intake) and page is not intake.questionnaire.step_of(BIRTH_DATE)


def _keep(intake: Intake, page: Step, form: StepForm) -> str | None:
    """Save what is right on a page, then assess; give where to go, or None to show it again."""
    kept = actions.record_answers(
        database(),
        questionnaires(),
        rules(),
        intake,
        form.valid_answers(),
        offered=form.offered,
        now=now(),
        today=today(),
    )
    g.intake = kept.intake
    changing = _is_changing()
    if kept.alarming:
        return url_for("intake.urgent", after=page.id, change=1 if changing else None)
    if form.rearranged or not form.validate():
        return None
    if page.id in actions.ASKED_AGAIN:
        session[CONFIRMED_KEY] = {**session.get(CONFIRMED_KEY, {}), page.id: now().isoformat()}
    return place_after(kept.intake, page, changing=changing)


def _is_changing() -> bool:
    return "change" in request.args or "_change" in request.form


def _show(intake: Intake, page: Step, form: StepForm) -> str:
    changing = _is_changing()
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
        **_saving(),
    )


def _saving() -> dict[str, object]:
    """What the words about stopping and coming back need."""
    return {
        "resume_code": session.get(CODE_KEY),
        "resume_days": settings().resume_days,
        "idle_minutes": int(PATIENT_IDLE.total_seconds() // 60),
    }


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
        answered=Answers(intake, g.language, zone()).steps(),
        waiting=actions.in_the_way(intake, _confirmed(), now()),
        key=key,
        place_of=lambda step: place_of(step, changing=True),
        place_of_id=lambda step_id: url_for("intake.step", step_id=step_id, change=1),
        back=place_of(intake.steps[-1]),
        **_saving(),
    )


def _confirmed() -> dict[str, datetime]:
    kept: dict[str, str] = session.get(CONFIRMED_KEY, {})
    return {step_id: datetime.fromisoformat(at) for step_id, at in kept.items()}


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
        confirmed=_confirmed(),
        now=now(),
        zone=zone(),
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
    intake = current_intake()
    if not intake.submitted:
        return redirect(url_for("intake.review"), code=303)
    assessment = _latest(intake)
    return render_template(
        "intake/done.html",
        reference=intake.reference,
        assessment=assessment,
        no_driving=_must_not_drive(assessment.emergencies),
        next_steps=articles().page("next-steps", g.language),
        advice=articles().page("advice", g.language),
        after=articles().page("after-sending", g.language),
        signs=_signs(),
        **_saving(),
    )


@blueprint.route("/summary.pdf")
@open_to(Audience.PATIENT)
def summary_pdf() -> WebResponse:
    """Give the patient's paper."""
    intake = current_intake()
    if not intake.submitted:
        raise Refused("Your paper is ready once you have sent your answers.")
    pdf = make_summary_pdf(
        database(),
        house().pool,
        _summary(intake),
        Edition.PATIENT,
        paper=settings().paper,
        now=now(),
    )
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="back-pain-summary.pdf"'
    return response


def _summary(intake: Intake) -> Summary:
    return build_summary(
        intake,
        _latest(intake),
        plan=house().summary_plan,
        clinic=clinic_details(),
        zone=zone(),
        today=today(),
        language=g.language,
    )


def _latest(intake: Intake) -> Assessment:
    """Give the assessment that was kept with the answers."""
    with database().reading() as reading:
        kept = assessments.latest(reading, intake.id)
    return kept or assess_intake(rules(), intake, today())


@blueprint.route("/resume", methods=["GET", "POST"])
@open_to(Audience.PATIENT)
def resume() -> str | WebResponse:
    """Open a saved draft with its code and the birth date."""
    form = ResumeForm(request.form if request.method == "POST" else None, today())
    if request.method == "POST" and form.validate() and form.birth_date:
        found = actions.resume_intake(
            database(), form.code, form.birth_date, address=remote_address(), now=now()
        )
        if found is not None and found.sent:
            return render_template("intake/sent_already.html")
        if found is not None:
            return redirect(_reopened(found.intake_id, form.code), code=303)
        form.refuse()
    return render_template(
        "intake/resume.html",
        form=form,
        kept=_waiting(request.form),
        kept_step=request.form.get(KEPT_STEP, ""),
        resume_days=settings().resume_days,
    )


def _reopened(intake_id: UUID, code: str) -> str:
    """Hold a draft again, put in what was typed when time ran out, and give where to go on."""
    kept, step_id = _waiting(request.form), request.form.get(KEPT_STEP, "")
    _hold(intake_id, code)
    g.pop("intake", None)
    intake = current_intake()
    if kept and any(step.id == step_id for step in intake.steps):
        page = intake.step(step_id)
        typed = MultiDict((name.removeprefix(KEPT), value) for name, value in kept)
        form = StepForm(page, intake, typed, g.language, today=today(), zone=zone())
        return _keep(intake, page, form) or place_of(page)
    return place_to_go_on(intake)


def _waiting(posted: MultiDict[str, str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in posted.items(multi=True) if name.startswith(KEPT)]


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
    changing = _is_changing()
    return render_template(
        "intake/urgent.html",
        findings=emergencies,
        no_driving=_must_not_drive(emergencies),
        advice=articles().page("advice", g.language),
        back=place_of(left[0], changing=changing) if left else url_for("intake.start"),
        go_on=place_after(intake, left[0], changing=changing) if left else place_to_go_on(intake),
    )


def _must_not_drive(emergencies: tuple[Finding, ...]) -> bool:
    return any(NERVE_FLAGS.intersection(finding.flags) for finding in emergencies)


@blueprint.route("/leave", methods=["GET", "POST"])
@open_to(Audience.PATIENT)
def leave() -> str | WebResponse:
    """Wipe what this device holds. What was saved stays with the clinic."""
    if request.method == "GET":
        return render_template("intake/leave.html", **_saving())
    sessions.end()
    response = redirect(url_for("education.home"), code=303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _signs() -> object:
    return articles().page("safety-net", g.language)
