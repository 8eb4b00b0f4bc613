"""Makes referrals for tests."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from clinic.referral.model import Kind, Referral, Said, Signature
from clinic.referral.states import State
from clinic.triage.regenerative import Gate, GateResult, Override
from clinic.triage.rules import Urgency

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
CLINICIAN = UUID(int=7)


def make_referral(**changes) -> Referral:
    """Make a referral to physical therapy, complete and not yet signed."""
    values = {
        "id": UUID(int=1),
        "reference": "R-7K2M",
        "intake_id": UUID(int=2),
        "patient_id": UUID(int=3),
        "service": "physical-therapy",
        "provider_id": UUID(int=4),
        "kind": Kind.CONSULT,
        "question": "Please assess leg pain on walking.",
        "urgency": Urgency.ROUTINE,
        "act_by": NOW + timedelta(days=42),
        "state": State.READY_FOR_SIGNOFF,
        "entered_at": NOW - timedelta(hours=1),
        "created_at": NOW - timedelta(hours=2),
        "version": 1,
    }
    return Referral(**{**values, **changes})


def make_signature(letter_hash: str = "a1") -> Signature:
    """Make the signature of a clinician."""
    return Signature(
        staff_id=CLINICIAN, name="Dana Reyes", role="clinician", at=NOW, letter_hash=letter_hash
    )


def make_gate(result: GateResult = GateResult.TALK_FIRST) -> Gate:
    """Make a gate as content/rules/regenerative.yaml gives it for a result."""
    override = {
        GateResult.HARD_STOP: Override.NONE,
        GateResult.NOT_NOW: Override.CLINICIAN_WITH_REASON,
    }
    stops = result in override
    return Gate(
        result=result,
        patient="",
        override=override.get(result, Override.NOT_NEEDED),
        blocks=("regenerative-consult",) if stops else (),
        checklist=(),
        notes=(),
        ask_staff=(),
        unanswered=(),
        rules_version="1",
        rules_hash="0",
    )


def words(text: str) -> Said:
    """Say something with a move."""
    return Said(words=text)
