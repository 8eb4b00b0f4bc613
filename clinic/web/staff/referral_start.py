"""A referral begins: the consent to share, where to send, what to ask; and changes of that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import clocks, referrals, sharing
from clinic.actions.referral_lists import consents_of, providers_of
from clinic.actions.referrals import Wanted
from clinic.actions.review import Opened
from clinic.errors import BadInput, Conflict, IllegalMove
from clinic.referral.destinations import Destination, proposals, shared_with
from clinic.referral.draft import draft_letter
from clinic.referral.letter import Letter, Request
from clinic.referral.model import Kind
from clinic.referral.provider import Provider
from clinic.store.sharing import SharingConsent
from clinic.summary.words import long_date
from clinic.triage.guidance import guidance_of_intake
from clinic.triage.rules import Urgency
from clinic.triage.sensitive import SENSITIVE
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import reader
from clinic.web.staff.forms import errors_of, seen_version
from clinic.web.staff.given import open_level, settled
from clinic.web.staff.patient_page import opened_page, summary_of
from clinic.web.staff.referral_forms import ConsentForm, RequestForm
from clinic.web.staff.referral_letter import request_for
from clinic.web.staff.referral_page import Sheet, opened_sheet, terms
from clinic.web.staff.referral_words import HOW_AGREED
from clinic.web.staff.standing import standing
from clinic.web.staff.words import moment
from clinic.web.visit import database, destinations, house, now, rules, today, zone

blueprint = Blueprint("referral_start", __name__)

BOTH = (Audience.FRONT_DESK, Audience.CLINICIAN)
Page = str | WebResponse | tuple[str, int]
SERVICE_FIRST = "Choose first where to: the patient agrees to one service at a time."
WITHDRAWN = (
    "Noted: the patient no longer agrees. Nothing can be sent there, and the links and codes of "
    "letters to this service are shut."
)
DESK_LEVELS = (Urgency.EMERGENCY_NOW, Urgency.SAME_DAY)


@dataclass(frozen=True, slots=True)
class Proposed:
    """A destination that fits, and why."""

    destination: Destination
    reasons: tuple[str, ...]


@blueprint.route("/intakes/<uuid:intake_id>/referrals/new", methods=["GET", "POST"])
@open_to(*BOTH)
def new(intake_id: UUID) -> Page:
    """Show where this patient may be sent; with a service chosen, ask what to write."""
    opened = opened_page(intake_id)
    service = _service()
    form = _request_form(opened, service)
    if request.method == "POST" and service and form.validate():
        try:
            made = _start(opened, service, form)
        except IllegalMove as refused:
            return _new_page(opened, service, form, refused=str(refused)), 409
        flash("The letter is drafted. Read it, then mark it as complete.", "success")
        return redirect(url_for("staff.referrals.page", referral_id=made), code=303)
    page = _new_page(opened, service, form)
    return (page, 422) if request.method == "POST" else page


@blueprint.route("/intakes/<uuid:intake_id>/referrals/consent", methods=["POST"])
@open_to(*BOTH)
def consent(intake_id: UUID) -> Page:
    """Record that the patient agrees to share with the service that was chosen."""
    form = ConsentForm(request.form)
    service = _service()
    if not form.validate() or not service:
        opened = opened_page(intake_id)
        request_form = _request_form(opened, service)
        refused = "" if service else SERVICE_FIRST
        return _new_page(opened, service, request_form, consent=form, refused=refused), 422
    sharing.agree(
        database(),
        intake_id,
        service=service,
        scope=form["scope"].data,
        how=form["how"].data,
        by=reader().member,
        now=now(),
    )
    flash("The consent is recorded.", "success")
    return redirect(_place(intake_id, service), code=303)


@blueprint.route("/intakes/<uuid:intake_id>/referrals/consent/withdraw", methods=["POST"])
@open_to(*BOTH)
def withdraw(intake_id: UUID) -> Page:
    """Note that the patient took the consent for one service back."""
    service = _service()
    sharing.withdraw(database(), intake_id, service=service, by=reader().member, now=now())
    flash(WITHDRAWN, "success")
    return redirect(_place(intake_id, service), code=303)


@blueprint.route("/referrals/<uuid:referral_id>/request", methods=["GET", "POST"])
@open_to(*BOTH)
def request_page(referral_id: UUID) -> Page:
    """Change what is asked, or of whom, before it is sent."""
    sheet = opened_sheet(referral_id)
    kept = sheet.found.kept
    service = _service() or kept.referral.service
    form = _request_form(sheet.opened, service, sheet)
    refused = ""
    if request.method == "POST" and form.validate():
        try:
            _change(sheet, service, form)
        except (Conflict, IllegalMove, BadInput) as error:
            refused = str(error)
        else:
            flash("Changed. Read the letter again.", "success")
            return redirect(url_for("staff.referrals.page", referral_id=referral_id), code=303)
    page = _page(
        sheet.opened, service, form, proposed=(), refused=refused, sheet=sheet, consents=None
    )
    return (page, 409 if refused else 422) if request.method == "POST" else page


def _start(opened: Opened, service: str, form: RequestForm) -> UUID:
    wanted, asked = _wanted(opened, service, form)
    letter = _drafted(opened, asked, service)
    return referrals.start(
        database(),
        opened.intake.id,
        wanted,
        letter,
        by=reader().member,
        now=now(),
        terms=terms(),
    )


def _drafted(opened: Opened, asked: Request, service: str) -> Letter:
    summary = summary_of(opened)
    return draft_letter(summary, asked, shared_with(destinations().service(service), summary))


def _change(sheet: Sheet, service: str, form: RequestForm) -> None:
    """Another service needs other answers: its letter is filled anew, but for staff's lines."""
    version = seen_version(request.form)
    kept = sheet.found.kept
    wanted, asked = _wanted(sheet.opened, service, form)
    letter: Letter = kept.letter.asking(asked)
    if service != kept.referral.service:
        letter = _drafted(sheet.opened, asked, service).keeping(kept.letter)
    referrals.choose(
        database(),
        kept.referral.id,
        wanted,
        letter,
        by=reader().member,
        version=version,
        now=now(),
        terms=terms(),
    )


def _wanted(opened: Opened, service: str, form: RequestForm) -> tuple[Wanted, Request]:
    chosen = form["provider"].data
    provider = next((each for each in _listed(service) if str(each.id) == chosen), None)
    act_by = form.act_by_moment(zone())
    wanted = Wanted(
        service=service,
        provider_id=provider.id if provider else None,
        kind=Kind(form["kind"].data),
        question=form.asked,
        urgency=Urgency(form["urgency"].data),
        act_by=act_by,
    )
    asked = request_for(
        service=service,
        kind=wanted.kind,
        question=wanted.question,
        act_by="now"
        if wanted.urgency is Urgency.EMERGENCY_NOW
        else f"to be seen by {long_date(act_by.date(), 'en')}",
        meanwhile=form.until_then,
        provider=provider,
        summary=summary_of(opened),
        by=reader().member,
    )
    return wanted, asked


def _request_form(opened: Opened, service: str, sheet: Sheet | None = None) -> RequestForm:
    """The form, filled with what stands, or with the level and the day of the intake."""
    level = opened.facts.urgency or opened.assessment.urgency
    level = Urgency.ROUTINE if level is Urgency.SELF_CARE else level
    by = opened.facts.act_by or clocks.act_by(opened.assessment, now(), zone())
    start = {"urgency": level.value, "act_by": _day(by)}
    if sheet is not None:
        kept = sheet.found.kept.referral
        start = {
            "urgency": kept.urgency.value,
            "act_by": _day(kept.act_by),
            "kind": kept.kind.value,
            "question": "" if reader().is_desk else kept.question,
            "provider": str(kept.provider_id or "") if service == kept.service else "",
            "meanwhile": "" if reader().is_desk else sheet.found.kept.letter.until_then,
        }
    form = RequestForm(request.form if _is_request_posted() else None, data=start)
    if sheet is not None:
        form.stands = sheet.found.kept.referral.question
        form.meanwhile_stands = sheet.found.kept.letter.until_then if reader().is_desk else ""
    return form.offering(_listed(service)).limited(today(), level if reader().is_desk else None)


def _day(moment: datetime) -> str:
    """The day as a browser posts it; never one that is past."""
    return max(moment.astimezone(zone()).date(), today()).isoformat()


def _is_request_posted() -> bool:
    return request.method == "POST" and "question" in request.form


def _listed(service: str) -> list[Provider]:
    return providers_of(database(), service) if service else []


def _service() -> str:
    """The service that was chosen: one of ours, or none."""
    wanted = request.values.get("service", "")
    return wanted if any(each.id == wanted for each in destinations().services) else ""


def _place(intake_id: UUID, service: str) -> str:
    return url_for("staff.referral_start.new", intake_id=intake_id, service=service or None)


def _proposed(opened: Opened) -> Iterator[Proposed]:
    """What fits; to the front desk only what the call is about, in the words of the call list."""
    given = guidance_of_intake(
        house().book,
        opened.intake,
        opened.assessment,
        today(),
        tuple(settled(opened)),
        open_level(opened),
    )
    known = {rule.id: rule for rule in rules().rules}
    for each in proposals(destinations(), opened.intake, opened.assessment, given, today()):
        if not reader().is_desk:
            yield Proposed(each.destination, each.reasons)
            continue
        found = [known[rule_id] for rule_id in each.rule_ids if rule_id in known]
        open_ones = [
            rule for rule in found if rule.urgency in DESK_LEVELS and not rule.reads & SENSITIVE
        ]
        if open_ones:
            yield Proposed(each.destination, tuple(rule.row_words for rule in open_ones))


def _new_page(
    opened: Opened,
    service: str,
    form: RequestForm,
    *,
    consent: ConsentForm | None = None,
    refused: str = "",
) -> str:
    stand = consents_of(database(), opened.intake.id)
    consents = [_consent_words(each) for each in stand if each.service == service]
    return _page(
        opened,
        service,
        form,
        proposed=tuple(_proposed(opened)),
        refused=refused,
        consents=consents,
        consent=consent,
    )


def _consent_words(consent: SharingConsent) -> str:
    """What it covers, how the patient agreed, and when."""
    how = HOW_AGREED.get(consent.how, consent.how)
    return f"{consent.scope} ({how}, {moment(consent.at, zone(), now())})"


def _page(
    opened: Opened,
    service: str,
    form: RequestForm,
    *,
    proposed: tuple[Proposed, ...],
    refused: str,
    consents: Sequence[str] | None,
    sheet: Sheet | None = None,
    consent: ConsentForm | None = None,
) -> str:
    tried = consent or (form if form.errors else None)
    return render_template(
        "referral/request.html",
        standing=standing(opened, reader()),
        service=destinations().service(service) if service else None,
        services=destinations().services,
        proposed=proposed,
        form=form,
        consent=consent or ConsentForm(),
        consent_tried=consent is not None,
        consents=consents,
        referral=sheet.found.kept.referral if sheet else None,
        refused=refused,
        errors=list(errors_of(tried)) if tried else [],
        is_desk=reader().is_desk,
    )
