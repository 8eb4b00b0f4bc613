"""The second step of signing in: a code, after the password was right."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import second_step, staff_access
from clinic.errors import Refused, TooManyAttempts
from clinic.store.staff import Member
from clinic.web.security import Audience, open_to
from clinic.web.staff.forms import CodeForm, errors_of
from clinic.web.staff.letting_in import HalfIn, half_in, let_in
from clinic.web.visit import database, now, remote_address

blueprint = Blueprint("second_step", __name__, url_prefix="/sign-in/code")

Page = str | WebResponse | tuple[str, int, dict[str, str]]

WRONG_CODE = (
    "This code does not fit, or it was used already. Wait until the app shows the next one."
)
TOO_LATE = "This took more than 10 minutes. Begin again with your user name and password."


@blueprint.route("", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
def ask() -> Page:
    """Ask for the code, and let in whoever gives a right one. Raises Refused when it is late."""
    half = half_in()
    if half is None:
        raise Refused(TOO_LATE)
    form = CodeForm(request.form if request.method == "POST" else None)
    wait = 0
    if request.method == "POST" and form.validate():
        try:
            passed = _passed(half, form.code.data)
        except TooManyAttempts as limit:
            wait = limit.wait_seconds
        else:
            if passed is not None:
                return let_in(passed, half.place)
            form.code.errors = [WRONG_CODE]
    return _page(form, wait)


def _passed(half: HalfIn, typed: str) -> Member | None:
    found = second_step.pass_with_code(
        database(), half.staff_id, half.mark, typed, address=remote_address(), now=now()
    )
    if found is None:
        return None
    member, way = found
    staff_access.let_in(database(), member, way, now=now())
    return member


def _page(form: CodeForm, wait: int) -> Page:
    page = render_template(
        "staff/second_step.html",
        form=form,
        errors=list(errors_of(form)),
        minutes=-(-wait // 60),
    )
    return (page, 429, {"Retry-After": str(wait)}) if wait else page
