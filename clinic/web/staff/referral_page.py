"""The page of one referral: read it, show it to one role, and end a post there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import referrals
from clinic.actions.referrals import OpenedReferral, Terms
from clinic.actions.review import Opened
from clinic.errors import BadInput, Conflict, IllegalMove, NotFound
from clinic.referral.destinations import shared_with
from clinic.referral.draft import taken_out
from clinic.referral.letter import LetterLine
from clinic.referral.model import Channel
from clinic.referral.states import MOVED_ON, Act, By, State, moves_from
from clinic.summary.model import Summary
from clinic.triage.guidance import guidance_of_intake
from clinic.triage.regenerative import Gate
from clinic.web.staff.added import additions_view
from clinic.web.staff.desk import desk_view
from clinic.web.staff.doors import reader
from clinic.web.staff.forms import ActForm, errors_of, seen_version
from clinic.web.staff.given import open_level, settled
from clinic.web.staff.patient_page import opened_page, summary_of
from clinic.web.staff.referral_forms import LetterForm, MoveForm, ReasonForm, SendForm
from clinic.web.staff.referral_view import ReferralView, referral_view
from clinic.web.staff.referral_words import BUTTONS
from clinic.web.staff.standing import standing
from clinic.web.visit import (
    database,
    destinations,
    house,
    now,
    rules,
    settings,
    today,
    zone,
)

Page = WebResponse | tuple[str, int]
BESIDE_THE_LETTER = frozenset({Act.SIGN, Act.SEND, Act.COMPLETE, Act.REVISE})
"""Moves whose buttons stand beside the letter."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A referral with the intake it was made from."""

    found: OpenedReferral
    opened: Opened

    @property
    def summary(self) -> Summary:
        """The summary that the letter is filled from."""
        return summary_of(self.opened)


def terms() -> Terms:
    """Give the clocks, the zone and how long a door stays open."""
    return Terms(settings().clocks, zone(), settings().referral_days)


def gate_of(opened: Opened) -> Gate:
    """Give the gate of the regenerative options as it stands today."""
    given = guidance_of_intake(
        house().book,
        opened.intake,
        opened.assessment,
        today(),
        tuple(settled(opened)),
        open_level(opened),
    )
    return given.regenerative


def opened_sheet(referral_id: UUID, action: str = "referral.view") -> Sheet:
    """Read a referral for whoever is signed in. Raises UnknownRecord."""
    opened = opened_page(referrals.intake_of(database(), referral_id))
    found = referrals.open_referral(
        database(), referral_id, gate_of(opened), by=reader().member, now=now(), action=action
    )
    return Sheet(found, opened)


def view_of(sheet: Sheet) -> ReferralView:
    """Give what the reader may see."""
    return referral_view(
        sheet.found,
        sheet.opened,
        destinations(),
        reader(),
        summary=None if reader().is_desk else sheet.summary,
        public_url=settings().public_url,
    )


def shown(sheet: Sheet, *, tried: ActForm | None = None, refused: str = "") -> str:
    """Give the page; `tried` is a form that was posted and not done, with what was typed."""
    view = view_of(sheet)
    stands = standing(sheet.opened, reader())
    return render_template(
        "referral/referral.html",
        view=view,
        standing=stands,
        desk=desk_view(sheet.opened, rules(), stands),
        is_desk=reader().is_desk,
        added=additions_view(sheet.opened, reader()),
        refused=refused,
        errors=list(errors_of(tried)) if tried else [],
        kept=_kept(tried, sheet),
        moves=tuple(_moves(sheet, tried)),
        buttons=BUTTONS,
        acts=frozenset(move.act.value for move in moves_from(_state(sheet), by_role())),
        send=tried if isinstance(tried, SendForm) else SendForm(),
        reason=tried if isinstance(tried, ReasonForm) else ReasonForm(),
        mail_lacks=mail_lacks(sheet.found),
        taken_out=() if reader().is_desk else left_out_of(sheet),
    )


def left_out_of(sheet: Sheet) -> tuple[LetterLine, ...]:
    """Give the findings that set a pace and do not stand in the letter any more."""
    kept, summary = sheet.found.kept, sheet.summary
    service = destinations().service(kept.referral.service)
    return taken_out(kept.letter, summary, shared_with(service, summary))


def act(referral_id: UUID, form: ActForm, do: Callable[[int], UUID | None], words: str) -> Page:
    """Do it and go back, or to the referral that it made. Nothing that was typed is lost."""
    version = seen_version(request.form)
    if not form.validate():
        return shown(opened_sheet(referral_id), tried=form), 422
    try:
        place = do(version)
    except (Conflict, IllegalMove, BadInput, NotFound) as refused:
        return shown(opened_sheet(referral_id), tried=form, refused=str(refused)), 409
    flash(words, "success")
    return redirect(url_for("staff.referrals.page", referral_id=place or referral_id), code=303)


def moved_on(referral_id: UUID, form: MoveForm) -> Page:
    """Say that this cannot be noted any more, on the page, with what was typed."""
    return shown(opened_sheet(referral_id), tried=form, refused=MOVED_ON), 409


def may(sheet: Sheet, act: Act) -> bool:
    """True when the reader may make this move now."""
    return any(move.act is act for move in moves_from(_state(sheet), by_role()))


def by_role() -> By:
    """Give as whom the reader makes a move."""
    return By.STAFF if reader().is_desk else By.CLINICIAN


def mail_lacks(found: OpenedReferral) -> str:
    """Say what is missing before a link can be mailed; "" when nothing is."""
    lacks = []
    if not settings().smtp_url:
        lacks.append("a mail server (SMTP_URL)")
    if not settings().public_url:
        lacks.append("the address of this program for people outside (CLINIC_PUBLIC_URL)")
    if found.provider is not None and not found.provider.email:
        lacks.append("the receiver's mail address in the directory")
    return ", ".join(lacks)


def check_channel(found: OpenedReferral, channel: Channel) -> None:
    """Raise IllegalMove for a mail that could not go out."""
    lacks = mail_lacks(found) if channel is Channel.MAIL else ""
    if lacks:
        raise IllegalMove(f"No mail can be sent yet. Missing: {lacks}.")


def _state(sheet: Sheet) -> State:
    return sheet.found.kept.referral.state


def _moves(sheet: Sheet, tried: ActForm | None) -> Iterator[MoveForm]:
    for move in moves_from(_state(sheet), by_role()):
        if move.act in BESIDE_THE_LETTER:
            continue
        if isinstance(tried, MoveForm) and tried.move.act is move.act:
            yield tried
        else:
            yield MoveForm(move)


def _kept(tried: ActForm | None, sheet: Sheet) -> str:
    if isinstance(tried, LetterForm):
        return tried.typed_beside(sheet.found.kept.letter)
    if isinstance(tried, MoveForm):
        return tried.all_typed
    return tried.typed if tried else ""
