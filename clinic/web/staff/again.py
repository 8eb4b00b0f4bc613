"""Signing in again before what must not be done at a screen that was left open.

Changes of accounts, exports and break-glass ask for it, unless somebody signed in a short time
ago. What was sent is not lost: it stands in the page that asks, and goes on from there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import second_step, staff_access
from clinic.actions.second_step import Way
from clinic.errors import TooManyAttempts
from clinic.store.staff import Member
from clinic.web import sessions
from clinic.web.security import SAFE_METHODS, Audience, open_to
from clinic.web.staff import passkeys
from clinic.web.staff.doors import place_after, reader
from clinic.web.staff.forms import AGAIN, AgainForm, errors_of
from clinic.web.staff.letting_in import is_fresh, keep_fresh
from clinic.web.visit import database, now, remote_address

blueprint = Blueprint("again", __name__, url_prefix="/again")

Page = str | WebResponse | tuple[str, int] | tuple[str, int, dict[str, str]]
View = TypeVar("View", bound=Callable[..., Any])

WRONG_PASSWORD = "This is not your password."  # noqa: S105
WRONG_CODE = "This code does not fit, or it was used already. Wait for the next one."
WRONG_PASSKEY = "This passkey does not fit. Try once more, or use your password."
PASSKEY = f"{AGAIN}passkey"
NOT_CARRIED = ("csrf_token",)


@dataclass(frozen=True, slots=True)
class Asked:
    """When a view asks: also when it is only read; only where a password alone proves little."""

    reading: bool
    beside_factor: bool


def fresh_first(*, reading: bool = False, beside_factor: bool = False) -> Callable[[View], View]:
    """Declare that a view asks to sign in again: for posts, and with `reading` for every request.

    With `beside_factor` it asks none but those with a second step: its form has the password.
    """

    def declared(view: View) -> View:
        view.fresh_first = Asked(reading, beside_factor)  # type: ignore[attr-defined]
        return view

    return declared


def sign_in_again() -> Page | None:
    """Stop a request whose view asks for it, or let it go on with what proves who sends it."""
    member: Member | None = g.get("signed_in")
    asked: Asked | None = getattr(
        current_app.view_functions[request.endpoint or ""], "fresh_first", None
    )
    if member is None or asked is None or is_fresh():
        return None
    only_read = request.method in SAFE_METHODS
    if (only_read and not asked.reading) or (asked.beside_factor and not member.has_factor):
        return None
    if not only_read and any(name.startswith(AGAIN) for name in request.form):
        form = AgainForm(request.form)
        return None if _proved(member, form) else _page(member, form)
    return _page(member, AgainForm())


@blueprint.route("", methods=["POST"])
@open_to(Audience.FRONT_DESK, Audience.CLINICIAN, Audience.ADMIN)
def prove() -> Page:
    """Go on to a page that asked for it when it was opened."""
    member, form = reader().member, AgainForm(request.form)
    place = place_after(request.form.get("next", ""))
    if _proved(member, form):
        return redirect(place or url_for("staff.worklist"), code=303)
    return _page(member, form, place=place)


def _proved(member: Member, form: AgainForm) -> bool:
    """Take the password, and the code where there is a second step. Raises TooManyAttempts."""
    signed = request.form.get(PASSKEY, "")
    if not (signed or form.asked_of(with_code=member.has_factor).validate()):
        return False
    try:
        way = _signed(member, form, signed) if signed else _way(member, form)
    except TooManyAttempts as limit:
        form.wait_seconds = limit.wait_seconds
        return False
    if form.errors:
        return False
    staff_access.confirm(database(), member, way, now=now())
    keep_fresh()
    sessions.renew(same_end=True)
    return True


def _signed(member: Member, form: AgainForm, signed: str) -> Way | None:
    """Take a passkey, which knew its owner: it stands for the password too."""
    if passkeys.passed(member.id, member.mark, signed) is not None:
        return Way.PASSKEY
    form.password.errors = [WRONG_PASSKEY]
    return None


def _way(member: Member, form: AgainForm) -> Way | None:
    address, password = remote_address(), form.password.data
    if not staff_access.is_right(database(), member, password, address=address, now=now()):
        form.password.errors = [WRONG_PASSWORD]
        return None
    if not member.has_factor:
        return None
    found = second_step.pass_with_code(
        database(), member.id, member.mark, form.code.data, address=address, now=now()
    )
    if found is None:
        form.code.errors = [WRONG_CODE]
        return None
    return found[1]


def _page(member: Member, form: AgainForm, *, place: str | None = None) -> Page:
    """Ask; what was sent goes along. `place` is where a page leads that was only opened."""
    sent = request.method not in SAFE_METHODS and place is None
    carried = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if sent and name not in NOT_CARRIED and not name.startswith(AGAIN)
    ]
    page = render_template(
        "staff/again.html",
        form=form,
        errors=list(errors_of(form)),
        with_code=member.has_factor,
        passkey=passkeys.to_sign(member.id) if member.has_factor else "",
        minutes=-(-form.wait_seconds // 60),
        action=_this_place() if sent else url_for("staff.again.prove"),
        carried=carried if sent else [("next", _this_place() if place is None else place)],
    )
    if form.wait_seconds:
        return page, 429, {"Retry-After": str(form.wait_seconds)}
    return page, 422 if form.errors else 401


def _this_place() -> str:
    return request.full_path.rstrip("?")
