"""The second step of signing in: a code or a passkey, after the password was right."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import second_step, staff_access
from clinic.actions.second_step import Way
from clinic.errors import Refused, TooManyAttempts
from clinic.store.staff import Member
from clinic.web.security import Audience, open_to
from clinic.web.staff import passkeys
from clinic.web.staff.forms import CodeForm, errors_of
from clinic.web.staff.letting_in import HalfIn, half_in, let_in
from clinic.web.visit import database, now, remote_address

blueprint = Blueprint("second_step", __name__, url_prefix="/sign-in/code")

Page = str | WebResponse | tuple[str, int, dict[str, str]]

WRONG_CODE = (
    "This code does not fit, or it was used already. Wait until the app shows the next one."
)
WRONG_PASSKEY = "This passkey does not fit. Try once more, or use a code."
PASSKEY = "passkey"
TOO_LATE = "This took more than 10 minutes. Begin again with your user name and password."


@blueprint.route("", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
def ask() -> Page:
    """Ask for the second step, and let in whoever passes it. Raises Refused when it is late."""
    half = half_in()
    if half is None:
        raise Refused(TOO_LATE)
    form = CodeForm(request.form if request.method == "POST" else None)
    signed = request.form.get(PASSKEY, "")
    wait = 0
    if signed or (request.method == "POST" and form.validate()):
        try:
            found = _by_passkey(half, signed) if signed else _by_code(half, form.code.data)
        except TooManyAttempts as limit:
            wait = limit.wait_seconds
        else:
            if found is not None:
                member, way = found
                staff_access.let_in(database(), member, way, now=now())
                return let_in(member, half.place)
            form.code.errors = [WRONG_PASSKEY if signed else WRONG_CODE]
    return _page(half, form, wait)


def _by_code(half: HalfIn, typed: str) -> tuple[Member, Way] | None:
    return second_step.pass_with_code(
        database(), half.staff_id, half.mark, typed, address=remote_address(), now=now()
    )


def _by_passkey(half: HalfIn, signed: str) -> tuple[Member, Way] | None:
    member = passkeys.passed(half.staff_id, half.mark, signed)
    return (member, Way.PASSKEY) if member else None


def _page(half: HalfIn, form: CodeForm, wait: int) -> Page:
    page = render_template(
        "staff/second_step.html",
        form=form,
        errors=list(errors_of(form)),
        minutes=-(-wait // 60),
        passkey=passkeys.to_sign(half.staff_id),
    )
    return (page, 429, {"Retry-After": str(wait)}) if wait else page
