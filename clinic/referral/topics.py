"""The private topics of a letter: which answers are of one, and when it plays a part.

What the other side does not need is left out (referral.md, section 1; red_flags.md, 3.4).
"""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum

from clinic.summary.model import Piece, Summary
from clinic.triage.assess import FlagState
from clinic.triage.rules import Urgency
from clinic.triage.sensitive import SENSITIVE

ACTED_ON = (Urgency.EMERGENCY_NOW, Urgency.SAME_DAY, Urgency.URGENT_2WK)


class Topic(StrEnum):
    """A group of private answers that a receiver may need for what is asked."""

    NERVES = "nerves"
    PREGNANCY = "pregnancy"
    MOOD = "mood"
    REGENERATIVE = "regenerative"


QUESTIONS_OF: Mapping[Topic, frozenset[str]] = {
    Topic.NERVES: frozenset({"sex-change"}),
    Topic.PREGNANCY: frozenset({"pregnant", "missed-period", "birth-recent"}),
    Topic.MOOD: frozenset({"staff-self-harm"}),
    Topic.REGENERATIVE: frozenset({"regen-wait"}),
}
"""How somebody came by a risk for infection is in no topic: it is never written."""

FLAGS_OF: Mapping[Topic, frozenset[str]] = {
    Topic.PREGNANCY: frozenset({"pregnancy", "pregnancy_danger"}),
    Topic.MOOD: frozenset({"mood_safety"}),
}
NEEDED_FOR: Mapping[Topic, frozenset[str]] = {
    **FLAGS_OF,
    Topic.NERVES: frozenset({"cauda_equina"}),
}
"""The flags that make a topic play a part; without one, a finding has to rest on its answers."""


def topics_in_play(summary: Summary) -> Iterator[Topic]:
    """Give the private topics that a flag which is present, or a finding that sets a pace, needs.

    Whoever is asked about anything else has no need of them.
    """
    present = {flag.id for flag in summary.flags_in(FlagState.PRESENT)}
    acted_on = (finding for finding in summary.findings if finding.urgency in ACTED_ON)
    answers = {question_of(piece) for finding in acted_on for piece in finding.because}
    for topic in Topic:
        if NEEDED_FOR.get(topic, frozenset()) & present or QUESTIONS_OF[topic] & answers:
            yield topic


def kept_back(shared: Collection[Topic]) -> frozenset[str]:
    """Give the private questions that do not go along with these topics."""
    return SENSITIVE.difference(*(QUESTIONS_OF[topic] for topic in shared))


def question_of(piece: Piece) -> str:
    """Give the question of an answer, without the group it is repeated in."""
    return piece.key.split(".")[-1]
