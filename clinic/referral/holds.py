"""What holds a referral back from being sent (DESIGN section 9, referral.md section 2)."""

from collections.abc import Iterator
from dataclasses import dataclass

from clinic.referral.model import Referral
from clinic.referral.states import State
from clinic.triage.regenerative import Gate, Override

REGENERATIVE_CONSULT = "regenerative-consult"
ADDED = (
    "The patient added something after the letter was signed. Read it. Then bring the letter back "
    "to a draft and sign it again, or give a reason why it stands as it is."
)


@dataclass(frozen=True, slots=True)
class Hold:
    """Something in the way. `can_override`: a clinician may go on and give the reason."""

    id: str
    sentence: str
    can_override: bool = False


def holds(
    referral: Referral,
    *,
    letter_hash: str,
    has_consent: bool,
    provider_is_there: bool,
    gate: Gate,
    doubled: bool = False,
    added: int = 0,
    tie_is_told: bool = True,
    open_elsewhere: bool = False,
) -> Iterator[Hold]:
    """Everything that has to be settled before a referral leaves, in the order to mend it.

    `letter_hash` is that of the letter as it stands. `tie_is_told` is False when the letter
    is silent on a financial tie with who receives it. `open_elsewhere`: other answers of the
    same person wait for care now, the same day or within 2 weeks, or are not complete. `added`
    is how much the patient added to the answers by now.
    """
    if not has_consent:
        yield Hold("consent", "Record first that the patient agrees to share this with them.")
    yield from _receiver_holds(referral, provider_is_there, tie_is_told)
    yield from _gate_hold(referral, gate)
    if open_elsewhere and referral.service == REGENERATIVE_CONSULT:
        yield Hold("elsewhere", "Other answers of this patient have an open safety finding.")
    if doubled and not referral.doubled_reason.strip():
        yield Hold(
            "doubled",
            "This patient was sent to the same service within 30 days. Give a reason to go on.",
            can_override=True,
        )
    if referral.state is not State.READY_FOR_SIGNOFF:
        yield Hold("state", "Mark the letter as complete first.")
    if referral.signature is None:
        yield Hold("signature", "A clinician has to sign the letter first.")
    elif referral.signature.letter_hash != letter_hash:
        yield Hold("changed", "The letter was changed after it was signed. Sign it again.")
    elif added > max(referral.signature.added, referral.added_known):
        yield Hold("added", ADDED, can_override=True)


def _receiver_holds(
    referral: Referral, provider_is_there: bool, tie_is_told: bool
) -> Iterator[Hold]:
    if referral.provider_id is None:
        yield Hold("provider", "Choose who receives it.")
    elif not provider_is_there:
        yield Hold("provider", "Choose who receives it: the one chosen is no longer listed.")
    if not tie_is_told:
        yield Hold("tie", "Tell the financial tie in the letter: choose the receiver again.")


def _gate_hold(referral: Referral, gate: Gate) -> Iterator[Hold]:
    """The gate of the regenerative options blocks its own service and no other."""
    if referral.service not in gate.blocks:
        return
    if gate.override is Override.NONE:
        yield Hold("gate", "A safety finding is open, or the safety questions are not complete.")
    elif gate.override is Override.CLINICIAN_WITH_REASON and not referral.gate_reason.strip():
        yield Hold(
            "gate",
            "A fact on the checklist speaks against it now. A clinician may give a reason.",
            can_override=True,
        )
