"""One's own second steps: an app, passkeys and recovery codes, set up and taken away."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import second_step
from clinic.actions.passkeys import LONGEST_NAME
from clinic.errors import Refused
from clinic.pdf.qr import drawn_qr
from clinic.store import staff, totp
from clinic.store.passkeys import Passkey
from clinic.store.recovery_codes import CODES
from clinic.store.staff import Member
from clinic.web.security import Audience, open_to
from clinic.web.staff import passkeys
from clinic.web.staff.again import fresh_first
from clinic.web.staff.doors import reader
from clinic.web.staff.forms import CodeForm, errors_of, plain_text
from clinic.web.staff.letting_in import let_in
from clinic.web.staff.reader import Reader
from clinic.web.staff.words import moment
from clinic.web.visit import database, now, settings

blueprint = Blueprint("factors", __name__, url_prefix="/second-step")

Page = str | WebResponse | tuple[str, int]

EVERYBODY = (Audience.FRONT_DESK, Audience.CLINICIAN, Audience.ADMIN)
SECRET = "app_secret"  # noqa: S105
"""Where the session keeps the secret of an app until its first code was right."""
CODES_ONCE = "recovery_codes"
"""Where it keeps recovery codes until they were shown, once."""
WRONG_CODE = "This code does not fit. Look at the app again: a new one comes every 30 seconds."
UNNAMED = "Passkey"
PAGE = "staff.factors.page"
LETTERS_TOGETHER = 4
FEW_CODES = 3


@blueprint.route("")
@open_to(*EVERYBODY)
def page() -> str:
    """Show what is set up, and what can be."""
    who = reader()
    found = second_step.factors_of(database(), who.member.id)
    return render_template(
        "staff/factors.html",
        app_since=moment(found.app_since, who.zone, who.now) if found.app_since else "",
        codes_left=found.codes_left,
        few=found.codes_left <= FEW_CODES,
        must_enrol=who.member.must_enrol,
        has_factor=who.member.has_factor,
        codes=CODES,
        keys=[_key_line(each, who) for each in found.passkeys],
        passkey=passkeys.to_create(who.member),
        no_passkeys=passkeys.NOT_HERE,
        longest_name=LONGEST_NAME,
    )


def _key_line(key: Passkey, who: Reader) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "added": moment(key.made_at, who.zone, who.now),
        "used": moment(key.used_at, who.zone, who.now) if key.used_at else "",
    }


@blueprint.route("/app", methods=["GET", "POST"])
@fresh_first()
@open_to(*EVERYBODY)
def app() -> Page:
    """Show the secret for an app, and keep it once a first code is right."""
    member = reader().member
    form = CodeForm(request.form if request.method == "POST" else None)
    secret = session.get(SECRET)
    if secret is None:
        secret = session[SECRET] = totp.new_secret()
    elif request.method == "POST" and form.validate():
        if second_step.set_up_app(database(), member, secret, form.code.data, now=now()):
            return _set_up(member)
        form.code.errors = [WRONG_CODE]
    page = render_template(
        "staff/factor_app.html",
        form=form,
        errors=list(errors_of(form)),
        picture=_picture(secret, member),
        secret=_grouped(secret),
        username=member.username,
        replaces=second_step.factors_of(database(), member.id).app_since is not None,
    )
    return (page, 422) if form.errors else page


@blueprint.route("/app/remove", methods=["POST"])
@fresh_first()
@open_to(*EVERYBODY)
def remove_app() -> WebResponse:
    """Forget the app."""
    member = reader().member
    removed = second_step.remove_app(database(), member, now=now())
    return _removed(member, removed=removed)


@blueprint.route("/passkeys", methods=["POST"])
@fresh_first()
@open_to(*EVERYBODY)
def add_passkey() -> WebResponse:
    """Keep a passkey that the device made."""
    member = reader().member
    name = plain_text(request.form.get("name")).replace("\n", " ") or UNNAMED
    passkeys.add(member, request.form.get("passkey", ""), name[:LONGEST_NAME])
    return _set_up(member)


@blueprint.route("/passkeys/<uuid:passkey_id>/remove", methods=["POST"])
@fresh_first()
@open_to(*EVERYBODY)
def remove_passkey(passkey_id: UUID) -> WebResponse:
    """Forget a passkey."""
    member = reader().member
    removed = second_step.remove_passkey(database(), member, passkey_id, now=now())
    return _removed(member, removed=removed)


@blueprint.route("/codes", methods=["GET", "POST"])
@fresh_first()
@open_to(*EVERYBODY)
def codes() -> Page:
    """Make ten recovery codes, and show them once."""
    if request.method == "POST":
        session[CODES_ONCE] = second_step.new_codes(database(), reader().member, now=now())
        return redirect(url_for("staff.factors.codes"), code=303)
    made = session.pop(CODES_ONCE, None)
    if made is None:
        return redirect(url_for("staff.factors.page"), code=303)
    return render_template("staff/recovery_codes.html", codes=made)


def _set_up(member: Member) -> WebResponse:
    """Go on in a new session; the first second step brings its recovery codes."""
    left = second_step.factors_of(database(), member.id).codes_left
    made = [] if left else second_step.new_codes(database(), member, now=now())
    answer = let_in(_as_it_stands(member), url_for("staff.factors.codes" if made else PAGE))
    if made:
        session[CODES_ONCE] = made
    flash("Your second step is set up.", "success")
    return answer


def _removed(member: Member, *, removed: bool) -> WebResponse:
    if not removed:
        raise Refused("That was removed already.")
    answer = let_in(_as_it_stands(member), url_for(PAGE))
    flash("Removed. Everywhere else you are signed out.", "success")
    return answer


def _as_it_stands(member: Member) -> Member:
    with database().reading() as tx:
        return staff.get(tx, member.id)


def _picture(secret: str, member: Member) -> Markup:
    """Draw the QR code for the app. Nothing of it comes from outside but through the drawing."""
    address = totp.address(secret, account=member.username, issuer=settings().clinic_name)
    return Markup(drawn_qr(address.encode().hex()).decode())  # nosec B704  # noqa: S704  of squares


def _grouped(secret: str) -> str:
    parts = range(0, len(secret), LETTERS_TOGETHER)
    return " ".join(secret[at : at + LETTERS_TOGETHER] for at in parts)
