"""Where a patient may be sent, and why: proposed from what the rules found, chosen by staff."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from clinic.intake import Intake
from clinic.questionnaire.conditions import (
    Condition,
    Kind,
    Remembering,
    Truth,
    comparisons,
    evaluate,
)
from clinic.questionnaire.response import enabled_response
from clinic.referral.topics import Topic, topics_in_play
from clinic.summary.model import Summary
from clinic.triage.assess import Assessment
from clinic.triage.derived import assessment_facts, score_facts
from clinic.triage.facts import TriageFacts
from clinic.triage.guidance import Guidance


@dataclass(frozen=True, slots=True)
class Service:
    """What can be asked of somebody else, and which private answers it may need for that.

    `share` are topics that go along when they play a part, `about` those that it is for.
    `patient`: what a patient is told who is asked; it names no condition and no level.
    """

    id: str
    name: str
    share: tuple[Topic, ...] = ()
    patient: str = "another office"
    about: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One row: for which findings or answers, to which service, how soon, with what.

    `why` says in words for staff that `when` is true. `phone_first`: nobody waits for a letter.
    """

    id: str
    findings: tuple[str, ...]
    when: Condition | None
    why: str = ""
    service: Service
    clock: str
    send: str
    note: str
    phone_first: bool
    source: tuple[str, ...]
    reviewed_by: str | None = None
    reviewed_on: date | None = None
    review_by: date


@dataclass(frozen=True, kw_only=True)
class DestinationTable:
    """The rows, most urgent first, with the version and hash of the file."""

    version: str
    hash: str
    services: tuple[Service, ...]
    destinations: tuple[Destination, ...]

    def service(self, service_id: str) -> Service:
        """Give a service by id; one that is no longer listed has its id for a name."""
        known = (service for service in self.services if service.id == service_id)
        return next(known, Service(service_id, service_id))

    @cached_property
    def scores(self) -> frozenset[str]:
        """The ids of the scores that a row reads."""
        conditions = (row.when for row in self.destinations if row.when is not None)
        parts = (part for condition in conditions for part in comparisons(condition))
        return frozenset(part.name for part in parts if part.kind is Kind.SCORE)


def shared_with(service: Service, summary: Summary) -> tuple[Topic, ...]:
    """Give the private topics that a letter to a service needs: never more than it lists."""
    needed = {*service.about, *topics_in_play(summary)}
    listed = {*service.about, *service.share}
    return tuple(topic for topic in Topic if topic in listed & needed)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A destination with the reason in words for staff: the findings, or what the row says."""

    destination: Destination
    rule_ids: tuple[str, ...]
    reasons: tuple[str, ...]


def proposals(
    table: DestinationTable,
    intake: Intake,
    assessment: Assessment,
    guidance: Guidance,
    today: date,
) -> Iterator[Proposal]:
    """Give each destination that fits, in the order of the table."""
    shown = enabled_response(intake.questionnaire, intake.response)
    more = assessment_facts(assessment) | score_facts(table.scores, guidance.scores)
    offered = None if intake.submitted else intake.offered
    facts = Remembering(TriageFacts(intake.questionnaire, shown, today, offered, more))
    for row in table.destinations:
        found = [each for each in assessment.findings if each.rule_id in row.findings]
        fits = row.when is not None and evaluate(row.when, facts) is Truth.TRUE
        if found or fits:
            reasons = tuple(each.staff for each in found) + ((row.why,) if fits else ())
            yield Proposal(row, tuple(each.rule_id for each in found), reasons)
