"""Scores, stretch advice and the regenerative gate as JSON, for `clinic assess` and for scripts."""

from decimal import Decimal
from typing import Any

from clinic.triage.guidance import Guidance
from clinic.triage.regenerative import Gate, GateLine
from clinic.triage.score import Score
from clinic.triage.stretches import Advice, StretchAdvice


def guidance_to_json(guidance: Guidance) -> dict[str, Any]:
    """Give scores and stretches by id, what is said when no stretch may be done, and the gate."""
    return {
        "scores": {score.id: _score(score) for score in guidance.scores},
        "stretches": {each.stretch_id: _advice(each) for each in guidance.stretches.advice},
        "no_stretch_now": _none_now(guidance.stretches),
        "regenerative": _gate(guidance.regenerative),
    }


def _score(score: Score) -> dict[str, Any]:
    return {
        "name": score.name,
        "value": _number(score.value),
        "text": score.text,
        "lowest": score.lowest,
        "highest": score.highest,
        "higher_is": score.higher_is,
        "band": score.band or None,
        "band_kind": score.band_kind,
        "counted": score.counted,
        "of": score.of,
        "not_scored": score.unscored,
        "reason": score.reason or None,
        "notes": list(score.notes),
        "source": list(score.source),
    }


def _number(value: Decimal | int | None) -> float | int | None:
    """Give a number as JSON has it; one digit after the point survives the way there and back."""
    return float(value) if isinstance(value, Decimal) else value


def _advice(advice: Advice) -> dict[str, Any]:
    return {
        "verdict": advice.verdict,
        "reasons": [
            {"rule": reason.rule_id, "verdict": reason.verdict, "because": reason.because}
            for reason in advice.reasons
        ],
        "changes": list(advice.changes),
        "drawing": advice.drawing or None,
        "hold": advice.hold or None,
    }


def _none_now(stretches: StretchAdvice) -> dict[str, Any] | None:
    if not stretches.none_now:
        return None
    return {"text": stretches.none_now, "walk": stretches.walk or None}


def _gate(gate: Gate) -> dict[str, Any]:
    return {
        "result": gate.result,
        "patient": gate.patient,
        "override": gate.override,
        "blocks": list(gate.blocks),
        "facts": [_line(line) for line in gate.present],
        "not_answered": list(gate.unanswered),
        "notes": list(gate.notes),
    }


def _line(line: GateLine) -> dict[str, Any]:
    return {
        "fact": line.id,
        "level": line.level,
        "staff": line.staff,
        "sensitive": line.sensitive,
        "source": list(line.source),
    }
