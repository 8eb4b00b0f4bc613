"""Makes the second half of the demo: one person, invitations, and referrals in every stage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from uuid import UUID

from clinic.actions import invitations, referrals, reminders, review, sharing
from clinic.actions.last_time import Comparing
from clinic.actions.referrals import Terms, Wanted
from clinic.actions.review import Opened
from clinic.actions.same_person import confirm_same_person
from clinic.library.demo_loop import (
    RECEIVER,
    SIGN,
    DemoInvitation,
    DemoLoop,
    DemoPair,
    DemoReferral,
    DemoStep,
)
from clinic.library.questionnaires import Questionnaires
from clinic.referral.destinations import DestinationTable, shared_with
from clinic.referral.draft import draft_letter
from clinic.referral.letter import Request
from clinic.referral.model import KIND_WORDS, Channel, Kind, Said
from clinic.referral.provider import Provider
from clinic.referral.states import Act
from clinic.store import intakes, patients, providers
from clinic.store import referrals as store
from clinic.store.database import Database
from clinic.store.ids import new_id
from clinic.store.invitations import Channel as Way
from clinic.store.patients import Person
from clinic.store.staff import Member
from clinic.summary.build import build_summary
from clinic.summary.lines import SummaryPlan
from clinic.summary.model import ClinicDetails, Summary
from clinic.summary.words import long_date
from clinic.triage.guidance import RuleBook, guidance_of_intake
from clinic.triage.regenerative import Gate
from clinic.triage.rules import Urgency

VISIT_AT = time(10, 30)
DAY_ENDS = time(23, 59)
OPEN_DAYS = 30
SCOPE = "What is asked, and the letter as it will be sent"


class Content(Protocol):
    """The content that the loop is made with."""

    @property
    def questionnaires(self) -> Questionnaires:
        """Every questionnaire."""

    @property
    def book(self) -> RuleBook:
        """The rules and the scores."""

    @property
    def destinations(self) -> DestinationTable:
        """The services, and what each needs to know."""

    @property
    def summary_plan(self) -> SummaryPlan:
        """How answers are put into words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopPlayer:
    """Plays what the plan says; the intakes and the staff are named as in the plan."""

    database: Database
    content: Content
    clinic: ClinicDetails
    terms: Terms
    members: Mapping[str, Member]
    intakes: Mapping[str, UUID]
    now: datetime

    def play(self, loop: DemoLoop) -> None:
        """Do all of it, each thing at its own time."""
        for pair in loop.same_person:
            self._confirm(pair)
        for invitation in loop.invitations:
            self._invite(invitation)
        for planned in loop.referrals:
            self._refer(planned)

    def _confirm(self, pair: DemoPair) -> None:
        one, other = self.intakes[pair.patient], self.intakes[pair.other]
        with self.database.reading() as tx:
            version, other_id = intakes.facts(tx, one).version, intakes.facts(tx, other).patient_id
        if other_id is not None:
            book = self.content.book
            confirm_same_person(
                self.database,
                one,
                other_id,
                by=self.members[pair.by],
                version=version,
                comparing=Comparing(self.content.questionnaires, book.scores, self.terms.zone),
                now=self.now - pair.ago,
            )

    def _invite(self, planned: DemoInvitation) -> None:
        person, patient_id = Person(planned.name, planned.birth_date, planned.phone), None
        if planned.patient:
            with self.database.reading() as tx:
                patient_id = intakes.facts(tx, self.intakes[planned.patient]).patient_id
                if patient_id is not None:
                    person = patients.get(tx, patient_id).person
        wanted = invitations.Wanted(
            id=new_id(),
            person=person,
            channel=Way.SLIP,
            appointment_on=self._at(planned.in_days, VISIT_AT).date(),
            patient_id=patient_id,
        )
        terms = reminders.Terms(
            zone=self.terms.zone, open_days=OPEN_DAYS, remind_before=(), mail_gap=""
        )
        by, at = self.members[planned.by], self.now - planned.ago
        invitations.make(self.database, wanted, by=by, now=at, terms=terms)

    def _refer(self, planned: DemoReferral) -> None:
        """Draft a letter and go on with it, unless its receiver is no longer listed."""
        with self.database.reading() as tx:
            listed = [each for each in providers.everyone(tx) if each.name == planned.provider]
        if not listed:
            return
        begun, by = self.now - planned.ago, self.members[planned.by]
        opened = self._opened(planned, by, begun)
        wanted = self._wanted(planned, listed[0])
        if planned.consent:
            sharing.agree(
                self.database,
                opened.intake.id,
                service=wanted.service,
                scope=SCOPE,
                how=planned.consent,
                by=by,
                now=begun,
            )
        summary = self._summary(opened, begun)
        letter = draft_letter(
            summary,
            self._request(planned, wanted, listed[0], by),
            shared_with(self.content.destinations.service(wanted.service), summary),
        )
        referral_id = referrals.start(
            self.database, opened.intake.id, wanted, letter, by=by, now=begun, terms=self.terms
        )
        for step in planned.steps:
            self._step(referral_id, step, opened, begun + step.after)

    def _step(self, referral_id: UUID, step: DemoStep, opened: Opened, at: datetime) -> None:
        database, terms = self.database, self.terms
        with database.reading() as tx:
            version = store.get(tx, referral_id).referral.version
        visit = None if step.in_days is None else self._at(step.in_days, VISIT_AT)
        said = Said(words=step.words, visit_at=visit)
        if step.by == RECEIVER:
            with database.writing() as tx:
                referrals.answer(tx, referral_id, Act(step.act), said, now=at, terms=terms)
            return
        by = self.members[step.by]
        if step.act == SIGN:
            referrals.sign(
                database, referral_id, by=by, version=version, added=0, now=at, terms=terms
            )
        elif step.act == Act.SEND:
            channel = Channel(step.channel)
            referrals.send(
                database,
                referral_id,
                channel,
                self._gate(opened, at),
                by=by,
                version=version,
                intake_version=opened.facts.version,
                now=at,
                terms=terms,
            )
        else:
            act = Act(step.act)
            referrals.move(
                database, referral_id, act, said, by=by, version=version, now=at, terms=terms
            )

    def _opened(self, planned: DemoReferral, by: Member, at: datetime) -> Opened:
        return review.open_intake(
            self.database,
            self.content.questionnaires,
            self.content.book.red_flags,
            self.intakes[planned.patient],
            by=by,
            now=at,
            today=at.astimezone(self.terms.zone).date(),
        )

    def _wanted(self, planned: DemoReferral, provider: Provider) -> Wanted:
        return Wanted(
            service=provider.service,
            provider_id=provider.id,
            kind=Kind(planned.kind),
            question=planned.question,
            urgency=Urgency(planned.urgency),
            act_by=self._at(planned.in_days, DAY_ENDS),
        )

    def _request(
        self, planned: DemoReferral, wanted: Wanted, provider: Provider, by: Member
    ) -> Request:
        day = long_date(wanted.act_by.astimezone(self.terms.zone).date(), "en")
        return Request(
            question=wanted.question,
            kind_words=KIND_WORDS[wanted.kind],
            service=self.content.destinations.service(wanted.service).name,
            act_by=f"to be seen by {day}",
            told_patient="The signs that cannot wait and whom to call, after the form was sent",
            meanwhile=planned.meanwhile,
            responsible=self.clinic.name,
            call_back=f"Ring {self.clinic.phone}, {self.clinic.name}, and ask for {by.name}",
            financial_tie=provider.financial_tie,
            written_by=by.name,
        )

    def _summary(self, opened: Opened, at: datetime) -> Summary:
        return build_summary(
            opened.intake,
            opened.assessment,
            book=self.content.book,
            plan=self.content.summary_plan,
            clinic=self.clinic,
            zone=self.terms.zone,
            today=at.astimezone(self.terms.zone).date(),
        )

    def _gate(self, opened: Opened, at: datetime) -> Gate:
        today = at.astimezone(self.terms.zone).date()
        given = guidance_of_intake(self.content.book, opened.intake, opened.assessment, today)
        return given.regenerative

    def _at(self, in_days: int, clock: time) -> datetime:
        """The moment of a day that is counted from the start, on the clinic's clock."""
        day = self.now.astimezone(self.terms.zone).date() + timedelta(days=in_days)
        return datetime.combine(day, clock, tzinfo=self.terms.zone).astimezone(UTC)
