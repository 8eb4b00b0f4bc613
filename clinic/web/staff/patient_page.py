"""The page of one patient as each role sees it, and how a post there ends."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import review
from clinic.actions.from_paper import who_typed
from clinic.actions.holds import held_since
from clinic.actions.referral_lists import of_intake
from clinic.actions.review import Opened
from clinic.errors import Conflict, IllegalMove
from clinic.store.typed_totals import still_standing
from clinic.summary.build import build_summary
from clinic.summary.given import AddedLater
from clinic.summary.model import BodyMap, Summary
from clinic.summary.since import SCORES, Difference, before_of, since_last
from clinic.summary.words import long_date
from clinic.web.body_map import body_picture
from clinic.web.staff.added import additions_view
from clinic.web.staff.chart import chart_view
from clinic.web.staff.desk import desk_view
from clinic.web.staff.doors import reader, reader_of
from clinic.web.staff.emergency import RefusalForm, StepForm, loop_view
from clinic.web.staff.forms import (
    ActForm,
    LevelForm,
    NoteForm,
    OutcomeForm,
    SettledForm,
    errors_of,
    seen_version,
)
from clinic.web.staff.given import (
    can_settle,
    earlier_scores,
    level_set,
    settled,
    typed_by_staff,
)
from clinic.web.staff.reader import Reader
from clinic.web.staff.referral_list import referral_rows
from clinic.web.staff.relatives import relatives_view
from clinic.web.staff.standing import standing
from clinic.web.staff.typed_forms import SelfHarmForm, TotalForm
from clinic.web.staff.typed_rows import typed_rows
from clinic.web.staff.visit_form import VisitForm
from clinic.web.staff.words import moment
from clinic.web.visit import (
    clinic_details,
    database,
    house,
    now,
    questionnaires,
    rules,
    today,
    zone,
)

Page = WebResponse | tuple[str, int]
F = TypeVar("F", bound=ActForm)

CORRECT = "correct"
"""Names the typed total that the page's form is to correct."""


def opened_page(intake_id: UUID, action: str = "intake.view") -> Opened:
    """Read an intake for whoever is signed in. Raises UnknownRecord."""
    return review.open_intake(
        database(),
        questionnaires(),
        rules(),
        intake_id,
        by=reader().member,
        now=now(),
        today=today(),
        action=action,
    )


def shown(opened: Opened, *, tried: ActForm | None = None, refused: str = "") -> str:
    """Give the page; `tried` is a form that was posted and not done, with what was typed."""
    who = reader_of(opened)
    stands = standing(opened, who)
    loop = loop_view(opened, who)
    parts = {
        "standing": stands,
        "added": additions_view(opened, who),
        "loop": loop,
        "step": _form(StepForm, tried).offering(loop),
        "refusal": _form(RefusalForm, tried),
        "desk": desk_view(opened, rules(), stands),
        "kin": relatives_view(opened, who),
        "refused": refused,
        "errors": list(errors_of(tried)) if tried else [],
        "kept": tried.typed if tried else "",
        "referrals": referral_rows(of_intake(database(), opened.intake.id), reader()),
        "outcome": _form(OutcomeForm, tried).offering(stands.kinds),
        "visit": _form(VisitForm, tried),
        "typed_by": who_typed(database(), opened.intake),
        "answered_on": opened.intake.answered_on,
        "held": held_words(opened),
    }
    if not who.reads_all:
        return render_template("staff/desk.html", **parts)
    if who.broke_glass:
        opened = replace(opened, earlier=())  # another intake was not opened
    summary = summary_of(opened)
    return render_template(
        "staff/intake.html",
        chart=chart_view(opened, summary, stands, zone()),
        before=last_time(opened, summary),
        picture=body_picture(),
        note=_form(NoteForm, tried),
        level=_form(LevelForm, tried).without(opened.facts.urgency),
        self_harm=_form(SelfHarmForm, tried),
        total=_total_form(opened, tried),
        totals=typed_rows(opened, house().book.scores, who),
        open_until=open_until(opened, who),
        can_settle=can_settle(opened),
        settled=_form(SettledForm, tried),
        **parts,
    )


def held_words(opened: Opened) -> str:
    """Give since when the intake is under a legal hold, or ""."""
    since = held_since(database(), opened.intake.id)
    who = reader()
    return moment(since, who.zone, who.now) if since else ""


def open_until(opened: Opened, who: Reader) -> str:
    """Give until when the page is open to somebody who gave a reason, or ""."""
    if not who.broke_glass:
        return ""
    ends = [each.ends_at for each in opened.accesses if each.staff_id == who.member.id]
    return moment(max(ends), who.zone, who.now)


def act(
    intake_id: UUID,
    form: ActForm,
    do: Callable[[UUID, ActForm, int], object],
    words: str,
    *,
    back: str = "",
) -> Page:
    """Do it and go back, to the page or to `back`.

    When somebody else was first, show both, and keep what was typed.
    """
    version = seen_version(request.form)
    if not form.validate():
        return shown(opened_page(intake_id), tried=form), 422
    try:
        do(intake_id, form, version)
    except (Conflict, IllegalMove) as refused:
        return shown(opened_page(intake_id), tried=form, refused=str(refused)), 409
    flash(words, "success")
    return redirect(back or url_for("staff.intakes.page", intake_id=intake_id), code=303)


def summary_of(opened: Opened) -> Summary:
    """Give the summary of an intake with what staff and earlier intakes add to it."""
    table = house().book.scores
    return build_summary(
        opened.intake,
        opened.assessment,
        book=house().book,
        plan=house().summary_plan,
        clinic=clinic_details(),
        zone=zone(),
        today=today(),
        settled=tuple(settled(opened)),
        typed=typed_by_staff(opened, table),
        earlier=earlier_scores(opened, table, zone()),
        level=level_set(opened),
        added=[AddedLater(each.text, each.at) for each in opened.added],
    )


@dataclass(frozen=True, slots=True)
class LastTime:
    """The intake before of the same confirmed person: its day, where it hurt, what is different."""

    on: str
    body_map: BodyMap
    differences: tuple[Difference, ...]


def last_time(opened: Opened, now: Summary) -> LastTime | None:
    """Give what is different from the intake before, but for scores, which stand by themselves."""
    before = opened.earlier[0] if opened.earlier else None
    if before is None or before.assessment is None:
        return None
    then = before_of(
        before.intake,
        before.assessment,
        urgency=before.urgency or before.assessment.urgency,
        plan=house().summary_plan,
        zone=zone(),
    )
    lines = tuple(line for line in since_last(now, then) if line.about != SCORES)
    return LastTime(long_date(then.sent_on, "en") if then.sent_on else "", then.body_map, lines)


def _form(kind: type[F], tried: ActForm | None) -> F:
    return tried if isinstance(tried, kind) else kind()


def _total_form(opened: Opened, tried: ActForm | None) -> TotalForm:
    if isinstance(tried, TotalForm):
        return tried
    table = house().book.scores
    wanted = request.args.get(CORRECT)
    for kept in still_standing(opened.totals):
        if str(kept.id) == wanted and any(each.id == kept.total_id for each in table.typed):
            return TotalForm.correcting(kept, table, today())
    return TotalForm(table=table, today=today())
