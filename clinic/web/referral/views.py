"""One referral for whoever receives it: to read the letter, and to answer, without an account."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import receiving
from clinic.actions.referrals import Terms
from clinic.errors import Conflict, IllegalMove, NotFound, ShutDoor, TooManyAttempts, UnknownRecord
from clinic.marked import marked
from clinic.referral.attachment import MOST_BYTES, TOO_LARGE
from clinic.referral.clocks import is_booked_too_late
from clinic.referral.states import Act
from clinic.web.referral.forms import TYPE_CODE, AnswerForm, plain_text, seen_version
from clinic.web.referral.page import shown
from clinic.web.referral.too_large import typed_before_the_file
from clinic.web.referral.words import ACTS, TOO_LATE
from clinic.web.security import Audience, open_to, takes_up_to
from clinic.web.visit import database, now, remote_address, settings, zone

blueprint = Blueprint("receiving", __name__, url_prefix="/r")

MOST_REPORT_BYTES = MOST_BYTES + 256 * 1024
"""A file of the largest size with the words around it."""
LONGEST_CODE = 60
NOT_SENT = marked("This page was open for a long time. What you typed is kept. Send it once more.")

Page = str | WebResponse | tuple[str, int]


@blueprint.route("/", methods=["GET", "POST"])
@open_to(Audience.RECEIVER)
def by_code() -> Page:
    """Ask for the short code of the letter, and lead to its referral."""
    code = plain_text(request.form.get("code", ""))[:LONGEST_CODE]
    if request.method == "GET":
        return render_template("receiving/code.html", code="", error="")
    if not code:
        return render_template("receiving/code.html", code="", error=gettext(TYPE_CODE)), 422
    token = receiving.token_of_code(database(), code, address=remote_address(), now=now())
    return redirect(url_for("receiving.referral", token=token), code=303)


@blueprint.route("/<token>")
@open_to(Audience.RECEIVER)
def referral(token: str) -> Page:
    """Show the letter, how it stands, and what can be answered."""
    return shown(token)


@blueprint.route("/<token>/<act_name>", methods=["POST"])
@open_to(Audience.RECEIVER)
def answer(token: str, act_name: str) -> Page:
    """Take one answer, and go back to the page."""
    return _take(token, _act(act_name))


@blueprint.route("/<token>/report", methods=["POST"])
@open_to(Audience.RECEIVER)
@takes_up_to(MOST_REPORT_BYTES)
def report(token: str) -> Page:
    """Take the report, in words or as a file; no other request may be this large."""
    return _take(token, Act.REPORT)


@blueprint.route("/<token>/<act_name>")
@open_to(Audience.RECEIVER)
def back_to_page(token: str, act_name: str) -> WebResponse:
    """Lead somebody who loads the address of an answer once more to the page."""
    _act(act_name)
    return redirect(url_for("receiving.referral", token=token), code=303)


def _act(name: str) -> Act:
    found = next((act for act in ACTS if act.value.replace("_", "-") == name), None)
    if found is None:
        raise UnknownRecord("page")
    return found


def _take(token: str, act: Act) -> Page:
    """Say it, or show the page again with what was typed and what is in the way."""
    form = AnswerForm(act, request.form)
    version = seen_version(request.form)
    if not form.validate(request.files.get("file"), now=now(), zone=zone()):
        return shown(token, tried=form), 422
    try:
        moved = receiving.answer(
            database(),
            token,
            act,
            form.said,
            version=version,
            file=form.file,
            address=remote_address(),
            now=now(),
            terms=_terms(),
        )
    except (Conflict, IllegalMove) as refused:
        return shown(token, tried=form, refused=gettext(str(refused))), 409
    flash(gettext(form.words.done), "success")
    if act is Act.BOOK and moved.visit_at and is_booked_too_late(moved.visit_at, moved.act_by):
        flash(gettext(TOO_LATE), "warning")
    return redirect(url_for("receiving.referral", token=token), code=303)


def _terms() -> Terms:
    return Terms(settings().clocks, zone(), settings().referral_days)


@blueprint.errorhandler(NotFound)
def nothing_here(error: NotFound) -> tuple[str, int]:
    """Say the same, whatever the reason, unless the referral has ended."""
    return _shut(error, _came_with())


@blueprint.errorhandler(TooManyAttempts)
def too_many(error: TooManyAttempts) -> tuple[str, int, dict[str, str]]:
    """Say how long to wait."""
    return _wait(error, _came_with())


def _came_with() -> AnswerForm | None:
    """Give the answer that was posted to a link; its words go back to whoever wrote them."""
    if request.method != "POST" or "token" not in (request.view_args or {}):
        return None
    return AnswerForm(Act.REPORT, request.form)


def _shut(error: NotFound, tried: AnswerForm | None) -> tuple[str, int]:
    ended = isinstance(error, ShutDoor) and error.ended
    page = render_template("receiving/shut.html", ended=ended, tried=tried)
    return page, 410 if ended else 404


def _wait(error: TooManyAttempts, tried: AnswerForm | None) -> tuple[str, int, dict[str, str]]:
    minutes = -(-error.wait_seconds // 60)
    page = render_template("receiving/too_many.html", minutes=minutes, tried=tried)
    return page, 429, {"Retry-After": str(error.wait_seconds)}


@blueprint.errorhandler(CSRFError)
def not_taken(_error: CSRFError) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Show the page with what was typed, to be sent once more; another site gets nothing back."""
    token = (request.view_args or {}).get("token")
    if g.get("foreign") or token is None:
        return render_template("receiving/not_taken.html"), 400
    return _again(token, request.form, NOT_SENT, 400)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Say that the file is too large, and give back what was typed beside it."""
    token = (request.view_args or {}).get("token")
    if token is None:
        return render_template("receiving/not_taken.html"), 413
    return _again(token, typed_before_the_file(request), TOO_LARGE, 413)


def _again(
    token: str, typed: MultiDict[str, str], words: str, status: int
) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Show the page with an answer that was not taken. An error handler may raise nothing."""
    name = (request.view_args or {}).get("act_name", Act.REPORT.value)
    try:
        return shown(token, tried=AnswerForm(_act(name), typed), refused=gettext(words)), status
    except NotFound as error:
        return _shut(error, AnswerForm(Act.REPORT, typed))
    except TooManyAttempts as error:
        return _wait(error, AnswerForm(Act.REPORT, typed))
