"""What one reader sees of a referral: where it stands, what holds it, its letter, its history.

To the front desk there is no letter and no word of anybody else (DESIGN section 2): the values
here hold none, so that no template can show more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for

from clinic.actions.referrals import OpenedReferral
from clinic.actions.review import Opened
from clinic.referral.clocks import is_booked_too_late
from clinic.referral.destinations import DestinationTable
from clinic.referral.holds import Hold
from clinic.referral.letter import Block
from clinic.referral.letter import LetterLine as Written
from clinic.referral.model import Event as Stored
from clinic.referral.model import Referral
from clinic.referral.provider import Provider
from clinic.referral.states import State
from clinic.store.sharing import SharingConsent
from clinic.store.staff import Member, Role
from clinic.summary.model import Summary
from clinic.triage.rules import Urgency
from clinic.web.staff.reader import Reader
from clinic.web.staff.referral_words import DONE, HOW_AGREED, KINDS, NEXT, SENT_BY, STATES, WHO
from clinic.web.staff.standing import Event
from clinic.web.staff.words import LEVEL_WORDS, ROLE_WORDS, moment

NOT_SENT = (State.DRAFT, State.READY_FOR_SIGNOFF)
NOW = "Now, without waiting for the letter"
OF_A_DRAFT = ("provider", "tie")
"""Holds that are mended by a change of the request, which only a draft takes."""
WAS_SEEN = (State.SEEN, State.REPORT_RECEIVED)
VOID = (State.CANCELLED, State.PATIENT_DECLINED, State.ENTERED_IN_ERROR)


@dataclass(frozen=True, slots=True)
class HoldLine:
    """Something in the way, and where on the page it is mended ("" where nothing mends it)."""

    id: str
    sentence: str
    place: str
    words: str
    can_override: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the letter. `sources` are its answers: where each stands, and its question."""

    field: str
    label: str
    text: str
    quoted: bool
    by: str
    sources: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BlockView:
    """A part of the letter."""

    part: str
    title: str
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralView:
    """One referral for one reader. Texts are words for the page, "" where there is nothing.

    `blocks` and `link` are empty for the front desk.
    """

    referral: Referral
    state: str
    next: str
    draft: bool
    unsent: bool
    over: bool
    service: str
    kind: str
    level: str
    provider: Provider | None
    board_is_old: bool
    act_by: str
    late: bool
    due: str
    overdue: bool
    escalated: bool
    visit: str
    visit_too_late: bool
    owner: str
    mine: bool
    sent: str
    signed: str
    signed_hash: str
    mark: str
    holds: tuple[HoldLine, ...]
    blocks: tuple[BlockView, ...]
    letter_hash: str
    added: int
    door_code: str
    door_link: str
    door_until: str
    door_open: bool
    consents: tuple[str, ...]
    agreed: bool
    events: tuple[Event, ...]
    replaced_by: tuple[Referral, ...]
    attachments: tuple[tuple[str, str], ...]


def referral_view(
    found: OpenedReferral,
    opened: Opened,
    table: DestinationTable,
    reader: Reader,
    *,
    summary: Summary | None,
    public_url: str,
) -> ReferralView:
    """Give the view; `summary` is None for the front desk, which reads no letter."""
    kept, referral = found.kept, found.kept.referral
    at = _clock(reader)
    door = found.door
    is_desk = reader.is_desk
    return ReferralView(
        referral=referral,
        state=STATES[referral.state],
        next=NEXT.get(referral.state, ""),
        draft=referral.state is State.DRAFT,
        unsent=referral.state in NOT_SENT,
        over=referral.state.is_end,
        service=table.service(referral.service).name,
        kind=KINDS[referral.kind],
        level=LEVEL_WORDS[referral.urgency],
        provider=found.provider,
        board_is_old=found.provider is not None
        and found.provider.board_is_old(reader.now.astimezone(reader.zone).date()),
        act_by=NOW if referral.urgency is Urgency.EMERGENCY_NOW else at(referral.act_by),
        late=is_late(referral, reader.now),
        due=at(kept.due_at) if kept.due_at else "",
        overdue=kept.due_at is not None and kept.due_at <= reader.now,
        escalated=kept.escalated_at is not None,
        visit=at(referral.visit_at) if referral.visit_at else "",
        visit_too_late=referral.visit_at is not None
        and is_booked_too_late(referral.visit_at, referral.act_by),
        owner=_owner(referral, opened.people, reader),
        mine=referral.owner_id == reader.member.id,
        sent=_sent(found, at),
        signed=signed_words(referral, at),
        signed_hash=referral.signature.letter_hash if referral.signature else "",
        mark=mark(found),
        holds=tuple(_holds(found)) if referral.state in NOT_SENT else (),
        blocks=() if summary is None else tuple(_blocks(found, summary)),
        letter_hash=kept.letter.hash,
        added=len(opened.added),
        door_code=door.code if door and not is_desk else "",
        door_link=link_of(door.token, public_url) if door and not is_desk else "",
        door_until=at(door.expires_at) if door else "",
        door_open=door is not None,
        consents=tuple(_consents(found, opened.people, at)),
        agreed=any(each.withdrawn_at is None for each in _consents_for(found)),
        events=tuple(_event(event, opened.people, reader) for event in found.events),
        replaced_by=found.replaced_by,
        attachments=() if is_desk else tuple(_attachments(found)),
    )


def is_late(referral: Referral, now: datetime) -> bool:
    """True when the time to be seen by is past, and the patient was not seen."""
    waits = not referral.state.is_end and referral.state not in WAS_SEEN
    return waits and referral.act_by <= now


def mark(found: OpenedReferral) -> str:
    """Give what has to lie across the letter: it is no letter yet, or no longer one."""
    referral, signature = found.kept.referral, found.kept.referral.signature
    if referral.state in VOID:
        return "CANCELLED"
    if signature is None or signature.letter_hash != found.kept.letter.hash:
        return "DRAFT"
    return "NOT SENT" if referral.state in NOT_SENT else ""


def signed_words(referral: Referral, at: "_At") -> str:
    """Say who signed, in which role, and when."""
    signature = referral.signature
    if signature is None:
        return ""
    role = ROLE_WORDS[Role(signature.role)].lower()
    return f"Signed by {signature.name}, {role}, {at(signature.at)}"


def link_of(token: str, public_url: str) -> str:
    """Give the link of a door; "" while nobody outside can reach the program."""
    return f"{public_url}/r/{token}" if public_url else ""


class _At:
    """Says a moment on the clinic's clock, with the day."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def __call__(self, moment_: datetime) -> str:
        return moment(moment_, self.reader.zone, self.reader.now)


def _clock(reader: Reader) -> _At:
    return _At(reader)


def _owner(referral: Referral, people: Mapping[UUID, Member], reader: Reader) -> str:
    if referral.owner_id is None:
        return "Nobody"
    if referral.owner_id == reader.member.id:
        return "You"
    owner = people.get(referral.owner_id)
    return owner.name if owner else "Somebody"


def _sent(found: OpenedReferral, at: _At) -> str:
    if found.kept.sent_at is None:
        return ""
    channel = found.kept.referral.channel
    how = f", {SENT_BY[channel]}" if channel else ""
    return f"{at(found.kept.sent_at)}{how}"


def _holds(found: OpenedReferral) -> Iterator[HoldLine]:
    referral = found.kept.referral
    request = url_for("staff.referral_start.request_page", referral_id=referral.id)
    consent = (
        url_for("staff.referral_start.new", intake_id=referral.intake_id, service=referral.service)
        + "#consent"
    )
    safety = url_for("staff.intakes.page", intake_id=referral.intake_id)
    mends: Mapping[str, tuple[str, str]] = {
        "consent": (consent, "Record the consent"),
        "provider": (request, "Choose who receives it"),
        "tie": (request, "Choose again"),
        "gate": (safety, "See the safety findings"),
        "state": ("#complete", "Mark as complete"),
        "signature": ("#sign", "Sign"),
        "changed": ("#sign", "Sign again"),
    }
    for hold in found.held:
        place, words = mends.get(hold.id, ("", ""))
        if hold.can_override:
            place, words = f"#reason-{hold.id}", "Give a reason"
        elif not _is_reachable(hold, referral):
            to_a_draft = hold.id in OF_A_DRAFT and referral.state is State.READY_FOR_SIGNOFF
            place, words = ("#revise", "Bring it back to a draft first") if to_a_draft else ("", "")
        yield HoldLine(hold.id, hold.sentence, place, words, hold.can_override)


def _is_reachable(hold: Hold, referral: Referral) -> bool:
    """A complete letter alone may be signed, and a draft alone be changed."""
    if hold.id in ("signature", "changed"):
        return referral.state is State.READY_FOR_SIGNOFF
    return hold.id not in OF_A_DRAFT or referral.state is State.DRAFT


def _blocks(found: OpenedReferral, summary: Summary) -> Iterator[BlockView]:
    page = url_for("staff.intakes.page", intake_id=found.kept.referral.intake_id)
    asked = {said.key: said.question for said in summary.said()}
    for block in found.kept.letter.blocks:
        lines = (_line(block, n, line, page, asked) for n, line in enumerate(block.lines))
        yield BlockView(block.part.value, block.title, tuple(lines))


def _line(
    block: Block, number: int, line: Written, page: str, asked: Mapping[str, str]
) -> LineView:
    sources = ((f"{page}#answer-{key}", asked[key]) for key in line.keys if key in asked)
    field = f"line-{block.part.value}-{number}"
    return LineView(field, line.label, line.text, line.quoted, line.by, tuple(sources))


def _consents_for(found: OpenedReferral) -> list[SharingConsent]:
    """Give the consents for the service that this referral asks."""
    service = found.kept.referral.service
    return [each for each in found.consents if each.service == service]


def _consents(found: OpenedReferral, people: Mapping[UUID, Member], at: _At) -> Iterator[str]:
    for consent in _consents_for(found):
        member = people.get(consent.by)
        who = f", recorded by {member.name}" if member else ""
        how = HOW_AGREED.get(consent.how, consent.how)
        back = f"; taken back {at(consent.withdrawn_at)}" if consent.withdrawn_at else ""
        yield f"{at(consent.at)}: {how}{who}{back}"


def _attachments(found: OpenedReferral) -> Iterator[tuple[str, str]]:
    """Where each file that came with a report is taken out, and its name with its size."""
    for each in found.attachments:
        kilobytes = max(1, each.size_bytes // 1024)
        place = url_for(
            "staff.attachments.take_out",
            referral_id=found.kept.referral.id,
            attachment_id=each.id,
        )
        yield place, f"{each.name} ({kilobytes} KB)"


def _event(event: Stored, people: Mapping[UUID, Member], reader: Reader) -> Event:
    """One line of the history; the front desk reads only what the front desk wrote."""
    member = people.get(event.actor_id) if event.actor_id else None
    by_desk = member is not None and member.role is Role.FRONT_DESK
    words = event.words if by_desk or not reader.is_desk else ""
    visit = moment(event.visit_at, reader.zone, reader.now) if event.visit_at else ""
    return Event(
        event.at,
        moment(event.at, reader.zone, reader.now),
        member.name if member else WHO.get(event.by, "Somebody"),
        DONE[event.act] + (f" for {visit}" if visit else ""),
        words,
    )
