"""Invitations: make one, see how far each has come, print its slip, take it back."""

from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import invitations, worklists
from clinic.actions.invitations import Listed
from clinic.actions.reminders import Terms
from clinic.actions.slips import slip_of
from clinic.errors import BadInput, Refused, WrongEntry
from clinic.store.invitations import Channel, Invitation, Shown
from clinic.store.patients import Person
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import reader
from clinic.web.staff.forms import errors_of
from clinic.web.staff.invitation_form import SHOWN_WORDS, InvitationForm, row_of
from clinic.web.visit import clinic_details, database, house, now, settings, zone

blueprint = Blueprint("invitations", __name__, url_prefix="/invitations")

DESK = (Audience.FRONT_DESK, Audience.CLINICIAN)

Page = str | WebResponse | tuple[str, int]


@blueprint.route("/")
@open_to(*DESK)
def everyone() -> str:
    """List invitations, newest first."""
    shown = _shown(request.args.get("show", ""))
    after = _id(request.args.get("after", ""))
    listed = invitations.open_list(database(), shown, after=after, by=reader().member, now=now())
    return render_template(
        "staff/invitations.html",
        rows=[row_of(each, listed, reader()) for each in listed.invitations],
        shown=shown,
        shown_words=SHOWN_WORDS,
        after=after,
        more=listed.more,
        gap=settings().invitation_gap,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@open_to(*DESK)
def new() -> Page:
    """Invite somebody; `patient` in the address fills in a patient on record."""
    if request.method == "GET":
        return _form_page(_form_for(_id(request.args.get("patient", ""))))
    form = _form(request.form)
    if not form.validate():
        return _form_page(form), 422
    try:
        made = invitations.make(
            database(),
            form.wanted(settings().languages[0]),
            by=reader().member,
            now=now(),
            terms=_terms(),
        )
    except WrongEntry as wrong:
        form.refuse(wrong.problems)
        return _form_page(form), 422
    by_mail = form.channel.data == Channel.MAIL.value
    flash("The invitation goes out by mail." if by_mail else "Print the slip now.", "success")
    return redirect(_place(made), code=303)


@blueprint.route("/<uuid:invitation_id>")
@open_to(*DESK)
def invitation(invitation_id: UUID) -> str:
    """Show one invitation."""
    return _page(invitation_id)


@blueprint.route("/<uuid:invitation_id>/revoke", methods=["POST"])
@open_to(*DESK)
def revoke(invitation_id: UUID) -> Page:
    """Take an invitation back: its link opens nothing any more."""
    try:
        invitations.revoke(database(), invitation_id, by=reader().member, now=now())
    except Refused as refused:
        return _page(invitation_id, str(refused)), 409
    flash("Taken back. The link opens nothing any more.", "success")
    return redirect(_place(invitation_id), code=303)


@blueprint.route("/<uuid:invitation_id>/new-link", methods=["POST"])
@open_to(*DESK)
def renew(invitation_id: UUID) -> Page:
    """Make another link for the same person; two presses make one."""
    new_id = _id(request.form.get("id", "")) or uuid4()
    try:
        invitations.renew(
            database(), invitation_id, new_id, by=reader().member, now=now(), terms=_terms()
        )
    except Refused as refused:
        return _page(invitation_id, str(refused)), 409
    except WrongEntry as wrong:
        return _page(invitation_id, " ".join(words for _, words in wrong.problems)), 409
    flash("There is a new link. The one before opens nothing any more.", "success")
    return redirect(_place(new_id), code=303)


@blueprint.route("/<uuid:invitation_id>/slip.pdf")
@open_to(*DESK)
def slip(invitation_id: UUID) -> WebResponse:
    """Print the slip of an invitation that still opens."""
    found = invitations.open_slip(database(), invitation_id, by=reader().member, now=now())
    paper = slip_of(
        found, _link(found), clinic=clinic_details(), size=settings().paper, zone=zone()
    )
    response = Response(house().pool.render_paper(paper), mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="invitation.pdf"'
    return response


def _page(invitation_id: UUID, refused: str = "") -> str:
    listed = _opened(invitation_id)
    found = listed.invitations[0]
    return render_template(
        "staff/invitation.html",
        row=row_of(found, listed, reader()),
        link=_link(found) if found.is_open(now()) else "",
        is_public=bool(settings().public_url),
        refused=refused,
        new_id=uuid4(),
    )


def _opened(invitation_id: UUID) -> Listed:
    return invitations.open_invitation(database(), invitation_id, by=reader().member, now=now())


def _link(found: Invitation) -> str:
    """Give the link; where no public address is set, under the one that staff see now."""
    root = settings().public_url or request.host_url.rstrip("/")
    return root + settings().invitation_path(found.language, found.token)


def _form(posted: object = None, **more: object) -> InvitationForm:
    by_mail = not settings().invitation_gap
    return InvitationForm(posted, languages=settings().languages, by_mail=by_mail, **more)


def _form_for(patient_id: UUID | None) -> InvitationForm:
    if patient_id is None:
        return _form()
    known = worklists.open_patient(database(), patient_id, by=reader().member, now=now())
    person: Person = known.patient.person
    born = person.birth_date
    values = {
        "patient": str(patient_id),
        "name": person.name,
        "birth_date": f"{born.month}/{born.day}/{born.year}" if born else "",
        "phone": person.phone,
        "email": person.email,
    }
    return _form(data=values)


def _form_page(form: InvitationForm) -> str:
    return render_template(
        "staff/invitation_form.html",
        form=form,
        errors=list(errors_of(form)),
        gap=settings().invitation_gap,
        several_languages=len(settings().languages) > 1,
        days=settings().invitation_days,
    )


def _terms() -> Terms:
    chosen = settings()
    return Terms(
        zone=chosen.zone,
        open_days=chosen.invitation_days,
        remind_before=chosen.remind_before,
        mail_gap=chosen.invitation_gap,
    )


def _place(invitation_id: UUID) -> str:
    return url_for("staff.invitations.invitation", invitation_id=invitation_id)


def _shown(name: str) -> Shown:
    return Shown(name) if name in list(Shown) else Shown.OPEN


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadInput("This page is not there. Go back to the list.") from None
