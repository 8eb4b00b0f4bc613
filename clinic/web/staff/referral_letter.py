"""The letter of a referral: what it is asked to say, and everything around its words on paper."""

from collections.abc import Iterator
from datetime import datetime

from clinic.pdf.letter import LetterHead, letter_paper
from clinic.pdf.paper import Paper
from clinic.questionnaire.values import whole_years
from clinic.referral.letter import Part, Request
from clinic.referral.model import Kind, Referral
from clinic.referral.provider import Provider
from clinic.referral.states import State
from clinic.store.staff import Member, Role
from clinic.summary.model import Summary
from clinic.summary.words import long_date, moment
from clinic.triage.rules import Urgency
from clinic.web.staff.referral_page import Sheet, view_of
from clinic.web.staff.referral_view import NOW, link_of, mark
from clinic.web.staff.referral_words import KINDS
from clinic.web.staff.words import LEVEL_WORDS, ROLE_WORDS
from clinic.web.visit import clinic_details, destinations, settings, today, zone

UNSENT = "The link and the code to answer come with the letter once it is sent."


def request_for(
    *,
    service: str,
    kind: Kind,
    question: str,
    act_by: str,
    meanwhile: str,
    provider: Provider | None,
    summary: Summary,
    by: Member,
) -> Request:
    """Give what the letter asks, with what the patient was told and how to answer."""
    clinic = clinic_details()
    role = ROLE_WORDS[by.role].lower()
    who = f"{by.name}, {role}, " if by.role is Role.CLINICIAN else ""
    ways = "By the link or the code on this page, or ring" if settings().public_url else "Ring"
    return Request(
        question=question,
        kind_words=KINDS[kind],
        service=destinations().service(service).name,
        act_by=act_by,
        told_patient="The signs that cannot wait and whom to call, "
        f"on the screen after the form was sent ({summary.sent})",
        meanwhile=meanwhile,
        responsible=f"{who}{clinic.name}",
        call_back=f"{ways} {clinic.phone}, {clinic.name}, and ask for {by.name}",
        financial_tie=provider.financial_tie if provider else "",
        written_by=by.name,
    )


def paper_of(sheet: Sheet) -> Paper:
    """Give the letter as a paper, at the state it is in."""
    summary = sheet.summary
    made = summary.versions
    return letter_paper(
        sheet.found.kept.letter,
        head_of(sheet, summary),
        made=f"{made.questionnaire} {made.questionnaire_version}"
        f" · rules {made.rules_version} {made.rules_hash[:12]}",
        clinic=clinic_details(),
        size=settings().paper,
    )


def head_of(sheet: Sheet, summary: Summary | None) -> LetterHead:
    """Give everything around the words; without a summary nothing about the patient."""
    found, view = sheet.found, view_of(sheet)
    referral = found.kept.referral
    signature, door = referral.signature, found.door
    role = ROLE_WORDS[Role(signature.role)].lower() if signature else ""
    link = link_of(door.token, settings().public_url) if door and summary else ""
    return LetterHead(
        reference=referral.reference,
        urgency=referral.urgency,
        urgency_word=LEVEL_WORDS[referral.urgency],
        act_by=_act_by(referral),
        to=tuple(_to(found.provider, view.service)),
        person=tuple(_person(sheet, summary)) if summary else (),
        written=_written(sheet),
        signed=f"Signed by {signature.name}, {role}, {_when(signature.at)}"
        if signature and view.mark != "DRAFT"
        else "Not signed: this is a draft",
        hash=found.kept.letter.hash,
        mark=mark(found),
        answer=_answer(sheet, link),
        link=link,
        code=door.code if door and summary else "",
        until=long_date(door.expires_at.astimezone(zone()).date(), "en") if door else "",
    )


def _act_by(referral: Referral) -> str:
    if referral.urgency is Urgency.EMERGENCY_NOW:
        return NOW
    return f"To be seen by {long_date(referral.act_by.astimezone(zone()).date(), 'en')}"


def _to(provider: Provider | None, service: str) -> Iterator[tuple[str, str]]:
    yield "To", provider.name if provider else "Nobody chosen yet"
    yield "Service", service
    if provider:
        for label, text in (
            ("Address", provider.address),
            ("Phone", provider.phone),
            ("Fax", provider.fax),
            ("NPI", provider.npi),
        ):
            if text:
                yield label, text


def _person(sheet: Sheet, summary: Summary) -> Iterator[tuple[str, str]]:
    """Who the letter is about; how to reach the patient stands in the letter itself."""
    card, person = sheet.opened.card, summary.person
    form = f"{summary.reference}, sent {summary.sent}"
    born = card.birth_date
    yield "Patient", person.name
    if born:
        yield "Born", f"{person.birth_date} ({whole_years(born, today())})"
    yield "Form", form


def _written(sheet: Sheet) -> str:
    """Say who wrote the request; who signed it stands at the foot."""
    kept = sheet.found.kept
    asked = kept.letter.block(Part.SITUATION).lines[:1]
    by = f" by {asked[0].by}" if asked and asked[0].by else ""
    return f"Written{by}, {_when(kept.referral.created_at)}."


def _answer(sheet: Sheet, link: str) -> str:
    clinic = clinic_details()
    ring = f"Or ring {clinic.name}, {clinic.phone}, and name the referral."
    if sheet.found.kept.referral.state in (State.DRAFT, State.READY_FOR_SIGNOFF):
        return UNSENT
    if sheet.found.door is None:
        return f"The link for answers is shut. {ring}"
    if link:
        return (
            "Accept, decline, ask, book a visit, or send a report, without an account: "
            f"point a phone at the square, or open the link. {ring}"
        )
    return f"Ring {clinic.name}, {clinic.phone}, and name the referral and this code."


def _when(at: datetime) -> str:
    return moment(at, zone(), "en")
