"""The staff pages: come in, see who waits, look somebody up, and what an admin reads."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import staff_access, worklists
from clinic.actions.records import open_record
from clinic.errors import BadInput, TooManyAttempts
from clinic.store import password_rules, staff
from clinic.store.staff import Member, Role
from clinic.store.worklist import Queue, Scope, Speaks
from clinic.web import sessions
from clinic.web.body_map import body_picture
from clinic.web.security import Audience, open_to, signed_in
from clinic.web.staff import (
    additions,
    again,
    alarms,
    attachments,
    break_glass,
    claims,
    emergencies,
    factors,
    figures,
    here,
    holds,
    intakes,
    invitations,
    looking_up,
    own_sessions,
    people,
    provider_file,
    providers,
    referral_list,
    referral_start,
    referrals,
    rule_table,
    same_person,
    second_step,
    tablets,
    totals,
    trail,
    visits,
)
from clinic.web.staff.alarm_lines import mail_words
from clinic.web.staff.doors import dress, place_after, reader
from clinic.web.staff.forms import PasswordForm, SignInForm, errors_of
from clinic.web.staff.letting_in import ask_for_second, let_in
from clinic.web.staff.record import record_words
from clinic.web.staff.rows import calls_today, groups, late_names
from clinic.web.staff.words import FILTER_WORDS, SPEAKS_WORDS
from clinic.web.visit import database, now, questionnaires, remote_address, settings, zone

blueprint = Blueprint("staff", __name__, url_prefix="/staff")
dress(blueprint)
blueprint.register_blueprint(intakes.blueprint)
blueprint.register_blueprint(invitations.blueprint)
blueprint.register_blueprint(break_glass.blueprint)
blueprint.register_blueprint(additions.blueprint)
blueprint.register_blueprint(emergencies.blueprint)
blueprint.register_blueprint(totals.blueprint)
blueprint.register_blueprint(visits.blueprint)
blueprint.register_blueprint(same_person.blueprint)
blueprint.register_blueprint(alarms.blueprint)
blueprint.register_blueprint(rule_table.blueprint)
blueprint.register_blueprint(claims.blueprint)
blueprint.register_blueprint(attachments.blueprint)
blueprint.register_blueprint(referral_list.blueprint)
blueprint.register_blueprint(figures.blueprint)
blueprint.register_blueprint(referral_start.blueprint)
blueprint.register_blueprint(referrals.blueprint)
blueprint.register_blueprint(people.blueprint)
blueprint.register_blueprint(trail.blueprint)
blueprint.register_blueprint(holds.blueprint)
blueprint.register_blueprint(own_sessions.blueprint)
blueprint.register_blueprint(second_step.blueprint)
blueprint.register_blueprint(factors.blueprint)
blueprint.register_blueprint(again.blueprint)
blueprint.register_blueprint(here.blueprint)
blueprint.register_blueprint(providers.blueprint)
blueprint.register_blueprint(provider_file.blueprint)
blueprint.register_blueprint(looking_up.blueprint)
blueprint.register_blueprint(tablets.blueprint)
blueprint.context_processor(alarms.for_templates)

WRONG_PAIR = "The user name and the password do not go together."
WRONG_PASSWORD = "This is not the password you have now."  # noqa: S105
ALWAYS = ("staff.sign_out", "staff.sign_in", "staff.second_step.ask", "staff.here.ask")
TO_ENROL = (
    *("staff.factors.page", "staff.factors.app", "staff.factors.codes"),
    *("staff.factors.add_passkey", "staff.again.prove"),
)
"""What somebody may do who has no second step yet and needs one."""
TO_CHANGE = ("staff.password", "staff.factors.codes", "staff.again.prove")
"""What somebody may do whose password was chosen by another."""


@blueprint.route("/sign-in", methods=["GET", "POST"])
@open_to(Audience.PUBLIC)
def sign_in() -> str | WebResponse | tuple[str, int, dict[str, str]]:
    """Let a member of staff in."""
    form = SignInForm(request.form if request.method == "POST" else None)
    wait = 0
    if request.method == "POST" and form.validate():
        try:
            member = staff_access.sign_in(
                database(),
                form.username.data,
                form.password.data,
                address=remote_address(),
                now=now(),
                first_hours=settings().first_password_hours,
            )
        except TooManyAttempts as limit:
            wait = limit.wait_seconds
        else:
            if member is not None:
                place = place_after(request.form.get("next", ""))
                return ask_for_second(member, place) if member.has_factor else let_in(member, place)
            form.password.errors = [WRONG_PAIR]
    page = render_template(
        "staff/sign_in.html",
        form=form,
        errors=list(errors_of(form)),
        place=place_after(request.values.get("next", "")),
        minutes=-(-wait // 60),
    )
    return (page, 429, {"Retry-After": str(wait)}) if wait else page


@blueprint.before_request
def enrol_and_change_first() -> WebResponse | None:
    """Let nobody go on without a second step, nor with a password that somebody else chose."""
    member = g.get("signed_in")
    if member is None or request.endpoint in ALWAYS:
        return None
    if member.must_enrol:
        ahead = request.endpoint in TO_ENROL
        return None if ahead else redirect(url_for("staff.factors.page"), code=303)
    if not member.must_change_password or request.endpoint in TO_CHANGE:
        return None
    return redirect(url_for("staff.password"), code=303)


blueprint.before_request(again.sign_in_again)


@blueprint.route("/password", methods=["GET", "POST"])
@again.fresh_first(beside_factor=True)
@open_to(Audience.FRONT_DESK, Audience.CLINICIAN, Audience.ADMIN)
def password() -> str | WebResponse:
    """Change one's own password; every other session ends."""
    member = reader().member
    form = PasswordForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate() and _changed(form, member):
        with database().reading() as tx:
            answer = let_in(staff.get(tx, member.id))
        flash("Your password was changed.", "success")
        return answer
    return render_template(
        "staff/password.html",
        form=form,
        errors=list(errors_of(form)),
        must_change=member.must_change_password,
        least=password_rules.minimum(has_factor=member.has_factor),
        has_factor=member.has_factor,
    )


def _changed(form: PasswordForm, member: Member) -> bool:
    try:
        changed = staff_access.change_password(
            database(),
            member,
            form.current.data,
            form.new.data,
            near=(settings().clinic_name,),
            address=remote_address(),
            now=now(),
        )
    except BadInput as fault:
        form.new.errors = [str(fault)]
        return False
    if not changed:
        form.current.errors = [WRONG_PASSWORD]
    return changed


@blueprint.route("/sign-out", methods=["POST"])
@open_to(Audience.FRONT_DESK, Audience.CLINICIAN, Audience.ADMIN)
def sign_out() -> WebResponse:
    """End every session of this person, here and wherever else one is open."""
    staff_access.sign_out(database(), signed_in().id, now=now())
    sessions.end()
    return redirect(url_for("staff.sign_in"), code=303)


@blueprint.route("/")
@open_to(Audience.FRONT_DESK, Audience.CLINICIAN, Audience.ADMIN)
def worklist() -> str | WebResponse:
    """Show who waits, most urgent first. An admin sees no patients."""
    who = reader()
    if who.member.role is Role.ADMIN:
        return redirect(url_for("staff.people.listing"), code=303)
    scope = Scope.ALL if request.args.get("scope") == Scope.ALL else Scope.MINE
    queue = _queue(request.args.get("show", ""))
    speaks = next((each for each in Speaks if each == request.args.get("speaks")), None)
    watched = alarms.watch()
    listed = worklists.open_worklist(
        database(),
        by=who.member,
        scope=scope,
        queue=queue,
        after=request.args.get("after"),
        now=now(),
        mail_gap=settings().mail_gap,
        speaks=speaks,
    )
    return render_template(
        "staff/worklist.html",
        watched=watched,
        filters={
            "scope": scope.value,
            "show": queue.name.lower() if queue is not None else None,
            "speaks": speaks.value if speaks is not None else None,
        },
        speaks=speaks,
        languages=list(SPEAKS_WORDS.items()),
        late=listed.late,
        late_names=late_names(listed.late),
        mail_words=mail_words(listed.trouble, settings().mail_gap, who),
        groups=groups(listed, who),
        calls=calls_today(listed),
        headings=[(each, FILTER_WORDS[each], listed.counts[each]) for each in Queue],
        scope=scope,
        queue=queue,
        after=request.args.get("after"),
        more=listed.page.next,
        at=now().astimezone(zone()),
    )


def _queue(name: str) -> Queue | None:
    return next((queue for queue in Queue if queue.name.lower() == name), None)


@blueprint.route("/patients/<uuid:patient_id>")
@open_to(Audience.FRONT_DESK, Audience.CLINICIAN)
def patient(patient_id: UUID) -> str:
    """Show who a patient is, every intake, and to a clinician how it went."""
    who = reader()
    record = open_record(database(), questionnaires(), patient_id, by=who.member, now=now())
    return render_template(
        "staff/patient.html", picture=body_picture(), **record_words(record, who)
    )
