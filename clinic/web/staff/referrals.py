"""One referral: its page, its letter, what staff do with it. Every act goes back (303)."""

from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import letters, referrals
from clinic.actions.referrals import OF_THEIR_OWN
from clinic.errors import UnknownRecord
from clinic.pdf.letter import fax_cover
from clinic.referral.model import Channel, Said
from clinic.referral.states import Act, move_of
from clinic.summary.words import long_date
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import reader
from clinic.web.staff.forms import ActForm
from clinic.web.staff.referral_forms import (
    LetterForm,
    MoveForm,
    ReasonForm,
    SendForm,
    seen_added,
)
from clinic.web.staff.referral_letter import head_of, paper_of
from clinic.web.staff.referral_page import (
    Page,
    act,
    check_channel,
    gate_of,
    may,
    moved_on,
    opened_sheet,
    shown,
    terms,
)
from clinic.web.staff.referral_words import BUTTONS
from clinic.web.visit import clinic_details, database, house, now, settings, today, zone

blueprint = Blueprint("referrals", __name__, url_prefix="/referrals/<uuid:referral_id>")

BOTH = (Audience.FRONT_DESK, Audience.CLINICIAN)
REASONS = ("gate", "doubled", "added")


@blueprint.route("")
@open_to(*BOTH)
def page(referral_id: UUID) -> str:
    """Show one referral: to the front desk without its letter."""
    return shown(opened_sheet(referral_id))


@blueprint.route("/letter.pdf")
@open_to(Audience.CLINICIAN)
def letter_pdf(referral_id: UUID) -> WebResponse:
    """Give the letter on paper; one that was sent as it was sent."""
    sheet = opened_sheet(referral_id, "referral.pdf")
    pdf = letters.letter_pdf(
        database(), house().pool, sheet.found.kept, paper_of(sheet), sheet.found.door, now=now()
    )
    return _pdf(pdf, "referral-letter.pdf")


@blueprint.route("/fax-cover.pdf")
@open_to(*BOTH)
def cover_pdf(referral_id: UUID) -> WebResponse:
    """Give the sheet that goes before the letter on a fax machine."""
    sheet = opened_sheet(referral_id)
    provider = sheet.found.provider
    cover = fax_cover(
        head_of(sheet, None),
        fax=provider.fax if provider else "",
        sent_by=reader().member.name,
        on=long_date(today(), "en"),
        clinic=clinic_details(),
        size=settings().paper,
    )
    return _pdf(house().pool.render_paper(cover), "fax-cover.pdf")


def _pdf(pdf: bytes, name: str) -> WebResponse:
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@blueprint.route("/letter", methods=["POST"])
@open_to(Audience.CLINICIAN)
def change_letter(referral_id: UUID) -> Page:
    """Keep the lines of the letter as they were typed."""
    form = LetterForm(request.form)

    def do(version: int) -> None:
        letter = opened_sheet(referral_id).found.kept.letter
        referrals.change_letter(
            database(),
            referral_id,
            form.changed(letter, reader().member.name),
            by=reader().member,
            version=version,
            now=now(),
            terms=terms(),
        )

    return act(referral_id, form, do, "Letter saved.")


@blueprint.route("/sign", methods=["POST"])
@open_to(Audience.CLINICIAN)
def sign(referral_id: UUID) -> Page:
    """Sign the letter as it stands."""

    def do(version: int) -> None:
        referrals.sign(
            database(),
            referral_id,
            by=reader().member,
            version=version,
            added=seen_added(request.form),
            now=now(),
            terms=terms(),
        )

    return act(referral_id, ActForm(request.form), do, "Signed.")


@blueprint.route("/send", methods=["POST"])
@open_to(Audience.CLINICIAN)
def send(referral_id: UUID) -> Page:
    """Send a signed letter."""
    form = SendForm(request.form)

    def do(version: int) -> None:
        sheet, channel = opened_sheet(referral_id), Channel(form["channel"].data)
        check_channel(sheet.found, channel)
        referrals.send(
            database(),
            referral_id,
            channel,
            gate_of(sheet.opened),
            by=reader().member,
            version=version,
            intake_version=sheet.opened.facts.version,
            now=now(),
            terms=terms(),
        )

    return act(referral_id, form, do, "Marked as sent. The link and the code are below.")


@blueprint.route("/reasons/<hold>", methods=["POST"])
@open_to(Audience.CLINICIAN)
def reason(referral_id: UUID, hold: str) -> Page:
    """Keep a clinician's reason for going on in spite of a hold."""
    if hold not in REASONS:
        raise UnknownRecord("page")
    form = ReasonForm(request.form)

    def do(version: int) -> None:
        referrals.give_reasons(
            database(),
            referral_id,
            **{f"{hold}_reason": form["reason"].data},
            added=seen_added(request.form),
            by=reader().member,
            version=version,
            now=now(),
            terms=terms(),
        )

    return act(referral_id, form, do, "Reason kept.")


@blueprint.route("/moves/<act_name>", methods=["POST"])
@open_to(*BOTH)
def move(referral_id: UUID, act_name: str) -> Page:
    """Note what happened: any legal move that has no form of its own."""
    if act_name not in list(Act) or act_name in OF_THEIR_OWN:
        raise UnknownRecord("page")
    wanted = Act(act_name)
    form = MoveForm(move_of(wanted), request.form, today())
    if not may(opened_sheet(referral_id), wanted):
        return moved_on(referral_id, form)

    def do(version: int) -> UUID | None:
        if wanted is Act.REROUTE:
            return referrals.reroute(
                database(),
                referral_id,
                form.typed,
                by=reader().member,
                version=version,
                now=now(),
                terms=terms(),
            )
        referrals.move(
            database(),
            referral_id,
            wanted,
            Said(words=form.typed, visit_at=form.visit_at(zone(), now())),
            by=reader().member,
            version=version,
            now=now(),
            terms=terms(),
        )
        return None

    return act(referral_id, form, do, f"Noted: {BUTTONS[wanted].lower()}.")


@blueprint.route("/take", methods=["POST"])
@open_to(*BOTH)
def take(referral_id: UUID) -> Page:
    """Make oneself responsible."""
    return _own(referral_id, reader().member.id, "You have taken this referral.")


@blueprint.route("/give-back", methods=["POST"])
@open_to(*BOTH)
def give_back(referral_id: UUID) -> Page:
    """Leave it to anybody again."""
    return _own(referral_id, None, "Anybody may take this referral now.")


def _own(referral_id: UUID, owner_id: UUID | None, words: str) -> Page:
    def do(version: int) -> None:
        referrals.take(
            database(),
            referral_id,
            owner_id,
            by=reader().member,
            version=version,
            now=now(),
            terms=terms(),
        )

    return act(referral_id, ActForm(request.form), do, words)


@blueprint.route("/door", methods=["POST"])
@open_to(Audience.CLINICIAN)
def new_door(referral_id: UUID) -> Page:
    """Shut the link and the code, and make others."""

    def do(_version: int) -> None:
        referrals.new_door(database(), referral_id, by=reader().member, now=now(), terms=terms())

    words = "There is a new link and a new code. The old ones open nothing any more."
    return act(referral_id, ActForm(request.form), do, words)


@blueprint.route("/door/shut", methods=["POST"])
@open_to(*BOTH)
def shut_door(referral_id: UUID) -> Page:
    """Shut the link and the code."""

    def do(_version: int) -> None:
        referrals.shut_door(database(), referral_id, by=reader().member, now=now())

    return act(referral_id, ActForm(request.form), do, "The link and the code are shut.")


@blueprint.route("/<path:act_name>")
@open_to(*BOTH)
def back_to_page(referral_id: UUID, act_name: str) -> WebResponse:
    """Lead somebody who loads the address of an act once more to the page."""
    known = ("letter", "sign", "send", "take", "give-back", "door", "door/shut")
    if act_name not in known and act_name.partition("/")[0] not in ("moves", "reasons"):
        raise UnknownRecord("page")
    return redirect(url_for("staff.referrals.page", referral_id=referral_id), code=303)
