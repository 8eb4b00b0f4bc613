"""What staff read off a paper form before they type it in."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from wtforms import BooleanField, Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from clinic.errors import BadInput
from clinic.questionnaire.speaking import language_name
from clinic.referral.typed_day import day_of
from clinic.web.staff.forms import plain_text

LONGEST_NAME = 200
OLDEST = timedelta(days=365)
NOT_SIGNED = "Without a signature nothing is typed in. Ask the patient to sign first."
NAME_MISSING = "Type the name beside the signature."
SIGNED_ON_MISSING = "Type the day beside the signature, such as 3/17/2026."
ANSWERED_ON_MISSING = "Type the day on which it was filled in, such as 3/17/2026."
STILL_TO_COME = "This day is still to come. Check the paper."
TOO_OLD = "This is more than a year ago. Hand the patient a new form."
NO_LANGUAGE = "Choose the language that the form is printed in."


class BeginForm(Form):
    """The signature, and the day on which the patient answered."""

    language = SelectField("Language of the paper", validate_choice=False)
    signed = BooleanField(
        "The paper is ticked and signed: the patient agreed", validators=[InputRequired(NOT_SIGNED)]
    )
    name = StringField(
        "Name beside the signature",
        filters=[plain_text],
        validators=[
            InputRequired(NAME_MISSING),
            Length(max=LONGEST_NAME, message="Shorten the name to 200 characters."),
        ],
    )
    signed_on = StringField("Day beside the signature", filters=[plain_text])
    answered_on = StringField("Day on which it was filled in", filters=[plain_text])

    def __init__(self, posted: Any = None, *, languages: Iterable[str], today: date) -> None:
        super().__init__(posted)
        self.today = today
        self.language.choices = [SelectChoice(each, language_name(each)) for each in languages]

    def validate_language(self, field: SelectField) -> None:
        """Take none but ours."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(NO_LANGUAGE)

    def validate_signed_on(self, field: StringField) -> None:
        """Read the day."""
        self._day(field, SIGNED_ON_MISSING)

    def validate_answered_on(self, field: StringField) -> None:
        """Read the day."""
        self._day(field, ANSWERED_ON_MISSING)

    def day(self, name: str) -> date:
        """Give a day that was read. Raises BadInput."""
        return day_of(self[name].data or "")

    @property
    def problems(self) -> Iterator[tuple[str, str]]:
        """Each thing to mend, with the id of its place, in page order."""
        return ((field.id, str(field.errors[0])) for field in self if field.errors)

    def _day(self, field: StringField, missing: str) -> None:
        if not field.data:
            raise ValidationError(missing)
        try:
            day = day_of(field.data)
        except BadInput as fault:
            raise ValidationError(str(fault)) from None
        if day > self.today:
            raise ValidationError(STILL_TO_COME)
        if day < self.today - OLDEST:
            raise ValidationError(TOO_OLD)
