"""The visit that staff booked with a patient, as a form."""

from datetime import date, time

from wtforms import StringField
from wtforms.validators import DataRequired, Length, ValidationError

from clinic.errors import BadInput
from clinic.referral.typed_day import day_of, time_of
from clinic.web.staff.forms import ActForm, plain_text
from clinic.web.visit import today

LONGEST = 40
MOST_DAYS = 366
NO_DAY = "Type the day of the visit."
DAY_PAST = "This day is over. Type the day of the visit."
DAY_TOO_FAR = "This is more than a year away. Check the year."
TOO_LONG = f"Shorten this to {LONGEST} characters."


class VisitForm(ActForm):
    """The day of a visit, and the time where it is known."""

    visit_on = StringField(
        "Day of the visit",
        validators=[DataRequired(NO_DAY), Length(max=LONGEST, message=TOO_LONG)],
        filters=[plain_text],
    )
    visit_at = StringField(
        "Time", validators=[Length(max=LONGEST, message=TOO_LONG)], filters=[plain_text]
    )

    def validate_visit_on(self, field: StringField) -> None:
        """Take a day from today on, within a year."""
        days = (_read_day(field) - today()).days
        if days < 0:
            raise ValidationError(DAY_PAST)
        if days > MOST_DAYS:
            raise ValidationError(DAY_TOO_FAR)

    def validate_visit_at(self, _field: StringField) -> None:
        """Take a time, or nothing."""
        try:
            _ = self.at
        except BadInput as fault:
            raise ValidationError(str(fault)) from None

    @property
    def day(self) -> date:
        """The day that was typed. Raises BadInput."""
        return day_of(self.visit_on.data or "")

    @property
    def at(self) -> time | None:
        """The time that was typed, or None. Raises BadInput."""
        return time_of(self.visit_at.data) if self.visit_at.data else None


def _read_day(field: StringField) -> date:
    try:
        return day_of(field.data or "")
    except BadInput as fault:
        raise ValidationError(str(fault)) from None
