"""What every staff page has around it: who is signed in, where to go, and what stopped an act."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

from flask import Blueprint, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge, Unauthorized

from clinic.actions.review import Opened
from clinic.errors import BadInput, ClinicError, NotAllowed, NotFound, Refused, TooManyAttempts
from clinic.store.staff import Member, Role
from clinic.web import sessions
from clinic.web.security import signed_in
from clinic.web.staff import here
from clinic.web.staff.rows import Reader
from clinic.web.staff.words import ROLE_WORDS
from clinic.web.visit import now, zone

PASSWORD = ("/staff/password", "Password")
REFERRALS = ("/staff/referrals/", "Referrals")
RULES = ("/staff/rules", "Rules")
REVIEWS = ("/staff/content", "Reviews")
DIRECTORY = ("/staff/providers/", "Directory")
INVITATIONS = ("/staff/invitations/", "Invitations")
TABLET = ("/staff/tablet/", "Tablet")
PAPER = ("/staff/paper/", "Paper")
LINKS: Mapping[Role, tuple[tuple[str, str], ...]] = {
    Role.FRONT_DESK: (
        ("/staff/", "Worklist"),
        INVITATIONS,
        TABLET,
        PAPER,
        REFERRALS,
        DIRECTORY,
        RULES,
        PASSWORD,
    ),
    Role.CLINICIAN: (
        ("/staff/", "Worklist"),
        INVITATIONS,
        TABLET,
        PAPER,
        REFERRALS,
        DIRECTORY,
        RULES,
        REVIEWS,
        PASSWORD,
    ),
    Role.ADMIN: (
        ("/staff/people/", "People"),
        DIRECTORY,
        PAPER,
        ("/staff/audit/", "Audit"),
        ("/staff/holds/", "Holds"),
        ("/staff/referrals/figures", "Figures"),
        RULES,
        REVIEWS,
        PASSWORD,
    ),
}

TYPED = ("text", "words", "reason", "notes")
"""The fields that hold what somebody wrote, in every form of staff."""
TOO_LARGE = "That was too much at once"
SEND_LESS = "Nothing was saved. Go back, and send a smaller file or a shorter text."
LINES_TYPED = ("line-", "more-")
"""So begin the fields of a letter."""

STOPPED: Mapping[type[ClinicError], tuple[int, str]] = {
    NotFound: (404, "There is nothing here"),
    NotAllowed: (403, "This page is not open to you"),
    Refused: (409, "That is not possible now"),
    BadInput: (400, "That could not be read"),
}
"""Status and heading of what stops an act; the error itself says the rest."""


def reader() -> Reader:
    """Give who reads, when and where. Raises NotAllowed."""
    return Reader(cast("Member", signed_in()), now(), zone())


def reader_of(opened: Opened) -> Reader:
    """Give who reads one intake: all of it a clinician, and who opened it with a reason just now.

    The one place where this is decided; it holds for the page of that intake and nothing else.
    """
    who = reader()
    on_desk = who.member.role is Role.FRONT_DESK
    stands = any(each.stands_for(who.member.id, who.now) for each in opened.accesses)
    return replace(who, broke_glass=on_desk and stands)


def dress(blueprint: Blueprint) -> None:
    """Give a blueprint its head and its pages for what goes wrong."""
    blueprint.context_processor(_head)
    blueprint.register_error_handler(Unauthorized, _signed_out)
    blueprint.register_error_handler(CSRFError, _not_taken)
    blueprint.register_error_handler(TooManyAttempts, _too_many)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_large)
    for kind, (status, heading) in STOPPED.items():
        blueprint.register_error_handler(kind, _stop(status, heading))


def place_after(place: str) -> str:
    """Give where to go after signing in: a staff page of ours, or "" for none."""
    inside = place.startswith("/staff/") and "\\" not in place
    return place if inside and place.isprintable() else ""


def _head() -> dict[str, object]:
    member = g.get("signed_in")
    role = Role(member.role) if member and _may_go_on(member) else None
    return {
        "staff": member,
        "role_words": ROLE_WORDS,
        "sees_patients": role in (Role.FRONT_DESK, Role.CLINICIAN),
        "goes_on": role is not None,
        "staff_links": LINKS[role] if role else (),
        "idle": here.limits() if member else None,
    }


def _may_go_on(member: Member) -> bool:
    """True for somebody who has set up what is asked for at the first sign-in."""
    return not (member.must_enrol or member.must_change_password)


def _stop(status: int, heading: str) -> Callable[[ClinicError], tuple[str, int]]:
    def page(error: ClinicError) -> tuple[str, int]:
        return render_template("staff/stop.html", heading=heading, words=str(error)), status

    return page


def _too_many(error: TooManyAttempts) -> tuple[str, int, dict[str, str]]:
    page = render_template("staff/stop.html", heading="Too many tries", words=str(error))
    return page, 429, {"Retry-After": str(error.wait_seconds)}


def _too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    page = render_template("staff/stop.html", heading=TOO_LARGE, words=SEND_LESS)
    return page, 413


def _signed_out(_error: Unauthorized) -> tuple[str, int]:
    """Say that the time ran out, and give back what was typed."""
    page = render_template("staff/signed_out.html", typed=_typed(), place=_patient_place())
    return page, 401


def _not_taken(_error: CSRFError) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Say why a post was not taken; another site gets nothing of it back."""
    foreign = bool(g.get("foreign"))
    if not (foreign or _typed()) and (wait := sessions.wait_for_one()):
        return _too_many(TooManyAttempts(wait))
    page = render_template(
        "staff/not_taken.html",
        foreign=foreign,
        cookies_seen=sessions.came_with_cookie(),
        typed=[] if foreign else _typed(),
    )
    return page, 400


def _typed() -> list[str]:
    names = [*TYPED, *(name for name in request.form if name.startswith(LINES_TYPED))]
    return [text for name in names if (text := request.form.get(name, "").strip())]


def _patient_place() -> str:
    """The page of the referral or patient that an act belongs to, or the worklist."""
    named = request.view_args or {}
    if "referral_id" in named:
        return f"/staff/referrals/{named['referral_id']}"
    return f"/staff/intakes/{named['intake_id']}" if "intake_id" in named else "/staff/"
