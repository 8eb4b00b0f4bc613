"""What the front desk sees of one patient: who, how to call, how urgent, what is missing.

The values here hold nothing else (DESIGN section 2), so that no template can show more.
"""

from dataclasses import dataclass
from uuid import UUID

from clinic.actions.review import Opened
from clinic.intake import Intake
from clinic.questionnaire.conditions import comparisons
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Answer
from clinic.questionnaire.values import Coding
from clinic.store.outcomes import OutcomeKind
from clinic.store.queues import Queue
from clinic.triage.assess import Assessment
from clinic.triage.rules import RuleSet, Urgency
from clinic.triage.sensitive import SENSITIVE
from clinic.web.staff.standing import Standing

PREFERRED = "preferred-contact"
EMERGENCY_NAME = "emergency-name"
EMERGENCY_PHONE = "emergency-phone"
LANGUAGE = "language"
FOLLOWED_STEP_BY_STEP = (OutcomeKind.SENT_TO_EMERGENCY_CARE, OutcomeKind.WELFARE_CHECK)
"""After these there is nobody to be called by the script; the steps of the emergency go on."""
NEUTRAL_REASON = "A sign that a clinician will tell you about."


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One patient, as far as somebody who calls and books has to know."""

    standing: Standing
    phone: str
    email: str
    prefers: str
    language: str
    interpreter: str
    appointment: str
    emergency_name: str
    emergency_phone: str
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    missing_private: int
    script: str
    patient_id: UUID | None


def desk_view(opened: Opened, rules: RuleSet, standing: Standing) -> Desk:
    """Give the front desk's view of an intake."""
    answers = opened.intake.shown.answers
    missing, private = _missing(opened.intake, opened.assessment)
    return Desk(
        standing=standing,
        phone=opened.card.phone,
        email=opened.card.email,
        prefers=_words(answers.get(PREFERRED, ())),
        language=_words(answers.get(LANGUAGE, ())),
        interpreter=opened.card.interpreter,
        appointment=opened.card.appointment,
        emergency_name=_words(answers.get(EMERGENCY_NAME, ())),
        emergency_phone=_words(answers.get(EMERGENCY_PHONE, ())),
        reasons=_reasons(opened, rules),
        missing=missing,
        missing_private=private,
        script=_script(opened),
        patient_id=opened.facts.patient_id,
    )


def _reasons(opened: Opened, rules: RuleSet) -> tuple[str, ...]:
    """The reason lines of an emergency, or of the same day, without private answers.

    A rule that is gone from the rules has no words for the desk any more.
    """
    words = {rule.id: rule.row_words for rule in rules.rules}
    findings = opened.assessment.emergencies or opened.assessment.at(Urgency.SAME_DAY)
    told = [words.get(finding.rule_id, NEUTRAL_REASON) for finding in findings]
    return tuple(dict.fromkeys(told))


def _missing(intake: Intake, assessment: Assessment) -> tuple[tuple[str, ...], int]:
    """The safety questions without an answer, and how many private ones are among them."""
    open_ones = assessment.unanswered if assessment.incomplete else ()
    form = intake.questionnaire
    told = [
        form.by_link_id[name].text.within("en") for name in open_ones if not _is_private(form, name)
    ]
    return tuple(told), len(open_ones) - len(told)


def _is_private(form: Questionnaire, name: str) -> bool:
    """True of a sensitive question, and of one that is only asked because of one."""
    items = (form.by_link_id[name], *form.ancestors(name))
    conditions = [item.enable_when for item in items if item.enable_when is not None]
    reads = {part.name for condition in conditions for part in comparisons(condition)}
    return name in SENSITIVE or bool(reads & SENSITIVE)


def _words(answer: Answer) -> str:
    return ", ".join(
        (value.display or value.code) if isinstance(value, Coding) else str(value)
        for value in answer
    )


def _script(opened: Opened) -> str:
    """Give which call script fits: emergency, today or missing; "" when no call is due."""
    facts = opened.facts
    last = opened.outcomes[-1].outcome if opened.outcomes else None
    if last in FOLLOWED_STEP_BY_STEP and not facts.emergency_open:
        return ""
    missed = facts.urgency is Urgency.EMERGENCY_NOW and last is OutcomeKind.COULD_NOT_REACH
    if facts.emergency_open or (missed and facts.queue is Queue.SAME_DAY):
        return "emergency"
    if facts.queue is Queue.SAME_DAY:
        return "today"
    return "missing" if facts.queue is Queue.INCOMPLETE else ""
