"""What a list row shows of an intake: who it is, how to call, and why now."""

from collections.abc import Mapping
from datetime import date

from clinic.intake import BIRTH_DATE, BODY_MAP, PAIN_WHERE, GivenBy, Intake
from clinic.questionnaire.response import Answer, Response
from clinic.questionnaire.values import Coding, PartialDate
from clinic.store.intakes import Card
from clinic.store.records import INTERPRETER_NEEDED
from clinic.triage.assess import Assessment
from clinic.triage.rules import RuleSet

FULL_NAME = "full-name"
PHONE = "phone"
EMAIL = "email"
INTERPRETER = "interpreter"
WHO_ANSWERS = "who-answers"
HELPER_RELATION = "helper-relation"
INTERPRETS = ("interpret", "intérpret")
"""How the word begins by which a helper says so, in English and in Spanish."""
LANGUAGE = "language"
ENGLISH = "en"


def card_of(
    intake: Intake, assessment: Assessment, rules: RuleSet, *, before: Card | None = None
) -> Card:
    """Give the card of an intake as its answers stand, with the visit of the card `before`."""
    answers = intake.response.answers
    return Card(
        name=text_of(answers.get(FULL_NAME)),
        birth_date=birth_date_of(intake.response),
        phone=text_of(answers.get(PHONE)),
        email=text_of(answers.get(EMAIL)),
        interpreter=_language_words(answers),
        appointment=before.appointment if before else "",
        visit_on=before.visit_on if before else None,
        areas=_areas(intake),
        reason=tuple(rules.rule(finding.rule_id).row_words for finding in assessment.leading),
        reason_of=assessment.urgency.value,
    )


def _language_words(answers: Mapping[str, Answer]) -> str:
    """Give what to know of the language before calling; nothing for plain English."""
    spoken = answers.get(LANGUAGE, ())
    words = "" if _has_code(spoken, ENGLISH) else text_of(spoken)
    if _has_code(answers.get(INTERPRETER), "yes"):
        return f"{words or text_of(spoken)}, {INTERPRETER_NEEDED}".lstrip(", ")
    return words


def _has_code(answer: Answer | None, code: str) -> bool:
    return any(isinstance(value, Coding) and value.code == code for value in answer or ())


def birth_date_of(response: Response) -> date | None:
    """Give the birth date, when the whole of it is known."""
    match response.answers.get(BIRTH_DATE):
        case (PartialDate() as born,) if born.is_full:
            return born.first_day
        case _:
            return None


def text_of(answer: Answer | None) -> str:
    """Give an answer in words: typed text, or what the chosen options say."""
    words = (
        (value.display or value.code) if isinstance(value, Coding) else str(value)
        for value in answer or ()
    )
    return ", ".join(words)


def who_answers(response: Response) -> GivenBy:
    """Give who typed, as the first questions have it: a helper may be an interpreter."""
    match response.answers.get(WHO_ANSWERS):
        case (Coding(code="helped" | "for-someone-else"),):
            relation = text_of(response.answers.get(HELPER_RELATION)).casefold()
            interprets = any(start in relation for start in INTERPRETS)
            return GivenBy.INTERPRETER if interprets else GivenBy.HELPER
        case _:
            return GivenBy.PATIENT


def _areas(intake: Intake) -> str:
    shown = intake.shown.answers
    return text_of(shown.get(BODY_MAP) or shown.get(PAIN_WHERE))
