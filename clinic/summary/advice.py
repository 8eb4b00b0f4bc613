"""Stretch advice, the regenerative gate and a level set by a clinician, in words."""

from collections.abc import Iterator
from datetime import tzinfo

from clinic.intake import Intake
from clinic.summary.given import LevelSet
from clinic.summary.lines import SummaryPlan
from clinic.summary.model import (
    GateLineWords,
    LevelSetWords,
    RegenerativeWords,
    StaffReason,
    StretchWords,
)
from clinic.summary.words import codes, moment, urgency_word, word
from clinic.triage.regenerative import Gate, Override
from clinic.triage.stretches import Advice, StretchAdvice

INTEREST = "regen-interest"
WANTS_TO_ASK = frozenset({"yes", "not-sure"})


def stretch_words(
    given: StretchAdvice, plan: SummaryPlan, language: str
) -> tuple[StretchWords, ...]:
    """Give the advice for every stretch, in the order of the table."""
    return tuple(_stretch(advice, plan, language) for advice in given.advice)


def _stretch(advice: Advice, plan: SummaryPlan, language: str) -> StretchWords:
    verdict = advice.verdict.value
    return StretchWords(
        id=advice.stretch_id,
        name=plan.stretches.get(advice.stretch_id, advice.stretch_id),
        verdict=verdict,
        word=word(f"verdict_{verdict}", language),
        heading=word(f"heading_{verdict}", language),
        why=tuple(dict.fromkeys(_why(advice, language))),
        staff=tuple(dict.fromkeys(_staff(advice))),
        changes=advice.changes,
        hold=advice.hold,
        drawing=advice.drawing,
        form=advice.form,
        allowed=advice.verdict.allows,
    )


def _why(advice: Advice, language: str) -> Iterator[str]:
    for reason in advice.reasons:
        # Of what may not be done now, nothing was made easier.
        is_lesser = reason.verdict is not advice.verdict and not advice.verdict.allows
        key = "why_care" if is_lesser else f"why_{reason.verdict.value}"
        yield word(key, language).format(because=reason.because)


def _staff(advice: Advice) -> Iterator[StaffReason]:
    for reason in advice.reasons:
        yield StaffReason(reason.rule_id, reason.staff, reason.sensitive)


def regenerative_words(gate: Gate, intake: Intake, language: str) -> RegenerativeWords:
    """Give the gate in words. `asked` is false for patients who do not want to hear of it."""
    lines = sorted(gate.checklist, key=lambda line: line.level.rank)
    return RegenerativeWords(
        asked=bool(codes(intake.shown.answers.get(INTEREST, ())) & WANTS_TO_ASK),
        patient=gate.patient,
        result=gate.result.value,
        word=word(f"gate_{gate.result.value}", language),
        override=_override(gate, language),
        blocked=bool(gate.blocks),
        lines=tuple(
            GateLineWords(
                id=line.id,
                level=line.level.value,
                level_word=word(f"gate_{line.level.value}", language),
                staff=line.staff,
                state=line.state,
                sensitive=line.sensitive,
            )
            for line in lines
        ),
        notes=gate.notes,
        ask_staff=gate.ask_staff,
        unanswered=len(gate.unanswered),
    )


def _override(gate: Gate, language: str) -> str:
    return (
        ""
        if gate.override is Override.NOT_NEEDED
        else word(f"override_{gate.override.value}", language)
    )


def level_words(level: LevelSet | None, language: str, zone: tzinfo) -> LevelSetWords | None:
    """Give the two levels with who set the second, when and why; None where nobody did."""
    if level is None:
        return None
    computed, stands = (urgency_word(each, language) for each in (level.computed, level.level))
    at = moment(level.at, zone, language)
    return LevelSetWords(
        computed=level.computed,
        computed_word=computed,
        level=level.level,
        level_word=stands,
        reason=level.reason,
        by=level.by,
        at=at,
        text=word("level_set", language).format(
            computed=computed.lower(), level=stands.lower(), by=level.by, at=at, reason=level.reason
        ),
    )
