"""Which extra words go with the findings that decide a patient's level (red_flags.md, 1)."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from clinic.triage.rules import Urgency

DO_NOT_DRIVE = "do-not-drive"
URGENT_CARE = "urgent-care"

GOES_TODAY = frozenset({Urgency.EMERGENCY_NOW, Urgency.SAME_DAY})
NERVE_FLAGS = frozenset({"cauda_equina", "motor_deficit", "cord_compression"})
NERVE_RULES = ("CES-", "MOT-")
"""Whoever is told to go today because of the nerves must not drive."""


class Told(Protocol):
    """A finding, as far as advice hangs on it."""

    @property
    def rule_id(self) -> str:
        """The rule that fired."""

    @property
    def urgency(self) -> Urgency | None:
        """How soon."""

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags that it raises."""

    @property
    def advice(self) -> str:
        """The id of the extra words of its rule, or ""."""


def advice_ids(findings: Sequence[Told], *, incomplete: bool = False) -> tuple[str, ...]:
    """Give the sections of the advice page that go with findings, each once, in order.

    Urgent care is named only when every finding may go there and no safety question is open.
    """
    own = tuple(dict.fromkeys(finding.advice for finding in findings))
    alone = own == (URGENT_CARE,) and not incomplete
    first = (DO_NOT_DRIVE,) if _must_not_drive(findings) else ()
    return first + tuple(each for each in own if each and (each != URGENT_CARE or alone))


def _must_not_drive(findings: Iterable[Told]) -> bool:
    return any(
        NERVE_FLAGS.intersection(finding.flags) or finding.rule_id.startswith(NERVE_RULES)
        for finding in findings
        if finding.urgency in GOES_TODAY
    )
