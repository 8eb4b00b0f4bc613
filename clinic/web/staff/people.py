"""Who may sign in: an admin adds people, disables them, resets passwords and changes roles."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import break_glass, people, worklists
from clinic.errors import BadInput, Refused
from clinic.store.staff import Member, Role
from clinic.web.security import Audience, open_to
from clinic.web.staff.access_lines import access_lines
from clinic.web.staff.again import fresh_first
from clinic.web.staff.doors import reader
from clinic.web.staff.forms import errors_of
from clinic.web.staff.people_forms import PersonForm, RoleForm
from clinic.web.staff.words import ROLE_WORDS, moment
from clinic.web.visit import database, now, settings

blueprint = Blueprint("people", __name__, url_prefix="/people")

Page = str | WebResponse | tuple[str, int]

FIRST_PASSWORD = "first_password"  # noqa: S105
"""Where the admin's session keeps a first password until it was shown, once."""
MARK = "seen"


@blueprint.route("/")
@open_to(Audience.ADMIN)
def listing() -> str:
    """List who may sign in, and the uses of break-glass that nobody looked at."""
    who = reader()
    found = worklists.open_people(database(), by=who.member, now=now())
    return render_template(
        "staff/people.html",
        people=found,
        opened=access_lines(break_glass.uses_to_look_at(database()), who),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@fresh_first()
@open_to(Audience.ADMIN)
def new() -> Page:
    """Add somebody; the first password is shown once, on the next page."""
    form = PersonForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate():
        try:
            member, password = people.add(
                database(),
                username=form.username.data,
                name=form.name.data,
                role=Role(form.role.data),
                by=reader().member,
                now=now(),
            )
        except BadInput as fault:
            form.username.errors = [str(fault)]
        else:
            return _with_password(member.id, password)
    page = render_template("staff/person_new.html", form=form, errors=list(errors_of(form)))
    return (page, 422) if form.errors else page


@blueprint.route("/<uuid:staff_id>")
@open_to(Audience.ADMIN)
def person(staff_id: UUID) -> str:
    """Show one account, and a first password that was just made, once."""
    made = session.get(FIRST_PASSWORD)
    if made is None or made["staff_id"] != str(staff_id):
        return _person(staff_id)
    del session[FIRST_PASSWORD]
    return _person(staff_id, password=made["password"])


@blueprint.route("/<uuid:staff_id>/disable", methods=["POST"])
@fresh_first()
@open_to(Audience.ADMIN)
def disable(staff_id: UUID) -> Page:
    """Let somebody in no more."""
    who = reader().member
    try:
        left = people.disable(database(), staff_id, mark=_mark(), by=who, now=now())
    except Refused as refused:
        return _person(staff_id, refused=str(refused)), 409
    open_again = f" Patients whom anybody may take again: {left}." if left else ""
    flash(f"Disabled, and signed out everywhere.{open_again}", "success")
    return _to(staff_id)


@blueprint.route("/<uuid:staff_id>/enable", methods=["POST"])
@fresh_first()
@open_to(Audience.ADMIN)
def enable(staff_id: UUID) -> Page:
    """Let somebody in again."""
    who = reader().member
    try:
        people.enable(database(), staff_id, mark=_mark(), by=who, now=now())
    except Refused as refused:
        return _person(staff_id, refused=str(refused)), 409
    flash("May sign in again, with the password they had.", "success")
    return _to(staff_id)


@blueprint.route("/<uuid:staff_id>/reset", methods=["POST"])
@fresh_first()
@open_to(Audience.ADMIN)
def reset(staff_id: UUID) -> Page:
    """Give a new first password."""
    who = reader().member
    try:
        password = people.reset(database(), staff_id, mark=_mark(), by=who, now=now())
    except Refused as refused:
        return _person(staff_id, refused=str(refused)), 409
    return _with_password(staff_id, password)


@blueprint.route("/<uuid:staff_id>/reset-second-step", methods=["POST"])
@fresh_first()
@open_to(Audience.ADMIN)
def reset_second_step(staff_id: UUID) -> Page:
    """Take somebody's second step away, and give a new first password."""
    who = reader().member
    try:
        password = people.reset_second_step(database(), staff_id, mark=_mark(), by=who, now=now())
    except Refused as refused:
        return _person(staff_id, refused=str(refused)), 409
    return _with_password(staff_id, password)


@blueprint.route("/<uuid:staff_id>/role", methods=["POST"])
@fresh_first()
@open_to(Audience.ADMIN)
def role(staff_id: UUID) -> Page:
    """Change what somebody may."""
    form = RoleForm(request.form)
    if not form.validate():
        return _person(staff_id, form=form), 422
    wanted, who = Role(form.role.data), reader().member
    try:
        changed = people.set_role(database(), staff_id, wanted, mark=_mark(), by=who, now=now())
    except Refused as refused:
        return _person(staff_id, form=form, refused=str(refused)), 409
    done = f"Now {ROLE_WORDS[wanted]}, and signed out everywhere."
    flash(done if changed else "That is the role they have already.", "success")
    return _to(staff_id)


@blueprint.route("/opened/<uuid:access_id>", methods=["POST"])
@open_to(Audience.ADMIN)
def looked_at(access_id: UUID) -> WebResponse:
    """Say that one looked at a use of break-glass."""
    first = break_glass.look_at(database(), access_id, by=reader().member, now=now())
    flash("Marked as looked at." if first else "Another admin had looked at it already.", "success")
    return redirect(url_for("staff.people.listing"), code=303)


def _person(
    staff_id: UUID, *, form: RoleForm | None = None, refused: str = "", password: str = ""
) -> str:
    who = reader()
    member = people.open_person(database(), staff_id, by=who.member, now=now())
    form = form or RoleForm(data={"role": member.role.value})
    return render_template(
        "staff/person.html",
        person=member,
        myself=member.id == who.member.id,
        added=moment(member.created_at, who.zone, who.now),
        form=form,
        errors=list(errors_of(form)),
        refused=refused,
        password=password,
        hours=settings().first_password_hours,
        runs_out=moment(_runs_out(member), who.zone, who.now),
        ran_out=who.now >= _runs_out(member),
    )


def _runs_out(member: Member) -> datetime:
    return member.password_set_at + timedelta(hours=settings().first_password_hours)


def _with_password(staff_id: UUID, password: str) -> WebResponse:
    session[FIRST_PASSWORD] = {"staff_id": str(staff_id), "password": password}
    return _to(staff_id)


def _to(staff_id: UUID) -> WebResponse:
    return redirect(url_for("staff.people.person", staff_id=staff_id), code=303)


def _mark() -> str:
    return request.form.get(MARK, "")
