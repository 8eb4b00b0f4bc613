"""Who a sent intake is about."""

from clinic.actions.cards import EMAIL, FULL_NAME, PHONE, birth_date_of, text_of
from clinic.intake import Intake
from clinic.store.patients import Person


def person_of(intake: Intake) -> Person:
    """Give the person that the answers name. Staff confirm whether it is one they know."""
    answers = intake.response.answers
    return Person(
        name=text_of(answers.get(FULL_NAME)),
        birth_date=birth_date_of(intake.response),
        phone=text_of(answers.get(PHONE)),
        email=text_of(answers.get(EMAIL)),
    )
