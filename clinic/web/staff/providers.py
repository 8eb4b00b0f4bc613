"""The directory: found by name, service and language, by the alphabet and never ranked."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions import providers
from clinic.actions.providers import KEEPERS, Wish
from clinic.errors import BadInput, Conflict, WrongEntry
from clinic.referral.provider import Provider
from clinic.store.database import Database
from clinic.store.search import PREFIX_LETTERS, plain_words
from clinic.store.staff import Member
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import reader
from clinic.web.staff.forms import errors_of, plain_text, seen_version
from clinic.web.staff.provider_form import ProviderForm, board_words, differing, facts
from clinic.web.visit import database, destinations, now, today

blueprint = Blueprint("providers", __name__, url_prefix="/providers")

READERS = (Audience.FRONT_DESK, Audience.CLINICIAN, Audience.ADMIN)
EDITORS = (Audience.CLINICIAN, Audience.ADMIN)
LONGEST_SEARCH = 80
ENTRY_PAGE = "the page of the entry"

Page = str | WebResponse | tuple[str, int]


class Switch(Protocol):
    """Takes an entry out of the list, or brings it back."""

    def __call__(
        self, database: Database, provider_id: UUID, *, by: Member, version: int, now: datetime
    ) -> None:
        """Do it over the version that was seen."""


@blueprint.route("/")
@open_to(*READERS)
def directory() -> str:
    """List whom a patient can be sent to."""
    wish = Wish(
        text=request.args.get("name", "").strip()[:LONGEST_SEARCH],
        service=plain_text(request.args.get("service")),
        language=plain_text(request.args.get("language"))[:LONGEST_SEARCH],
        removed=request.args.get("removed") == "yes",
        after=_id(request.args.get("after", "")),
    )
    found = providers.look_up(database(), wish)
    return render_template(
        "staff/providers.html",
        wish=wish,
        found=found,
        table=destinations(),
        board_words=_board_words,
        only_whole_words=_only_whole_words(wish.text),
        may_change=_may_change(),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@open_to(*EDITORS)
def new() -> Page:
    """Add an entry."""
    form = ProviderForm(request.form or None, services=destinations().services)
    if request.method == "GET":
        return _form_page(form)
    if not form.validate():
        return _form_page(form), 422
    try:
        made = providers.add(
            database(), form.entry(), _services(), by=reader().member, now=now(), today=today()
        )
    except WrongEntry as wrong:
        form.refuse(wrong.problems)
        return _form_page(form), 422
    except Conflict as doubled:
        form.refuse([("npi", str(doubled))])
        return _form_page(form), 422
    flash("Added to the directory.", "success")
    return redirect(url_for("staff.providers.provider", provider_id=made), code=303)


@blueprint.route("/<uuid:provider_id>")
@open_to(*READERS)
def provider(provider_id: UUID) -> str:
    """Show one entry, a removed one too."""
    return _page(providers.open_provider(database(), provider_id))


@blueprint.route("/<uuid:provider_id>/change", methods=["GET", "POST"])
@open_to(*EDITORS)
def change(provider_id: UUID) -> Page:
    """Change an entry. When somebody else was first, show both texts and keep what was typed."""
    stands = providers.open_provider(database(), provider_id)
    if request.method == "GET":
        return _form_page(ProviderForm.of(stands, destinations().services), stands)
    form = ProviderForm(request.form, services=destinations().services)
    version = seen_version(request.form, ENTRY_PAGE)
    if not form.validate():
        return _form_page(form, stands, version=version), 422
    try:
        providers.change(
            database(),
            form.entry(stands),
            _services(),
            by=reader().member,
            version=version,
            now=now(),
            today=today(),
        )
    except WrongEntry as wrong:
        form.refuse(wrong.problems)
        return _form_page(form, stands, version=version), 422
    except Conflict as refused:
        return _form_page(form, stands, refused=str(refused)), 409
    return _done(provider_id, "Changed.")


@blueprint.route("/<uuid:provider_id>/remove", methods=["GET", "POST"])
@open_to(*EDITORS)
def remove(provider_id: UUID) -> Page:
    """Take an entry out of the list."""
    return _switch(provider_id, providers.remove, "Removed. Referrals that name it still show it.")


@blueprint.route("/<uuid:provider_id>/bring-back", methods=["GET", "POST"])
@open_to(*EDITORS)
def bring_back(provider_id: UUID) -> Page:
    """List a removed entry again."""
    return _switch(provider_id, providers.bring_back, "Listed again.")


def _switch(provider_id: UUID, do: Switch, words: str) -> Page:
    """Do it and go back; the address alone leads to the entry."""
    if request.method == "GET":
        return redirect(url_for("staff.providers.provider", provider_id=provider_id), code=303)
    version = seen_version(request.form, ENTRY_PAGE)
    try:
        do(database(), provider_id, by=reader().member, version=version, now=now())
    except Conflict as refused:
        return _page(providers.open_provider(database(), provider_id), refused=str(refused)), 409
    return _done(provider_id, words)


def _done(provider_id: UUID, words: str) -> WebResponse:
    flash(words, "success")
    return redirect(url_for("staff.providers.provider", provider_id=provider_id), code=303)


def _page(entry: Provider, refused: str = "") -> str:
    return render_template(
        "staff/provider.html",
        entry=entry,
        facts=facts(entry, destinations(), today()),
        refused=refused,
        board_words=_board_words,
        is_old=entry.board_is_old(today()),
        may_change=_may_change(),
    )


def _form_page(
    form: ProviderForm, stands: Provider | None = None, *, version: int = 0, refused: str = ""
) -> str:
    return render_template(
        "staff/provider_form.html",
        form=form,
        entry=stands,
        version=version or (stands.version if stands else 0),
        refused=refused,
        differing=differing(stands, form, destinations()) if stands and refused else [],
        errors=list(errors_of(form)),
    )


def _board_words(entry: Provider) -> str:
    return board_words(entry, today())


def _services() -> frozenset[str]:
    return frozenset(service.id for service in destinations().services)


def _may_change() -> bool:
    return reader().member.role in KEEPERS


def _only_whole_words(text: str) -> bool:
    """True when no typed word is long enough to be the beginning of a name."""
    words = plain_words(text)
    return bool(words) and all(len(word) < PREFIX_LETTERS for word in words)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadInput("This page of the list is not there. Go back to its start.") from None
