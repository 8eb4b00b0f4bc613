"""What to look for in the audit."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from clinic.store.audit import Sought
from clinic.store.staff import Member
from clinic.web.staff.forms import errors_of, plain_text

NO_DAY = "Write the day such as 2026-03-17."
NO_SUBJECT = "Write a reference such as K7QM-2R9D, or an id as it stands under About."
LATER_FIRST = "The first day comes after the last."


class TrailForm(Form):
    """A person, an act, what it was about, and the days. Each may be left empty."""

    person = SelectField("Person", validate_choice=False)
    act = SelectField("Act", validate_choice=False)
    about = StringField("About", filters=[plain_text])
    first = StringField("First day", filters=[plain_text])
    last = StringField("Last day", filters=[plain_text])

    def __init__(
        self,
        asked: MultiDict[str, str],
        *,
        people: Sequence[Member],
        acts: Mapping[str, str],
        intake_of: Callable[[str], UUID | None],
    ) -> None:
        super().__init__(asked)
        self.intake_of = intake_of
        self.subject: tuple[str | None, UUID] | None = None
        self.person.choices = [
            SelectChoice(str(each.id), f"{each.name} ({each.username})") for each in people
        ]
        self.act.choices = [
            SelectChoice(act, words)
            for act, words in sorted(acts.items(), key=lambda each: each[1])
        ]

    @property
    def asked(self) -> dict[str, str]:
        """What was asked for, to be asked for again with the next page."""
        return {field.name: field.data for field in self if field.data}

    def found_errors(self) -> list[tuple[str, str]]:
        """Give what is to be mended."""
        return list(errors_of(self))

    def validate_person(self, field: Field) -> None:
        """Take none but our people."""
        if field.data and field.data not in {choice.value for choice in self.person.choices}:
            raise ValidationError("Choose a person from the list.")

    def validate_act(self, field: Field) -> None:
        """Take none but the acts of the list."""
        if field.data and field.data not in {choice.value for choice in self.act.choices}:
            raise ValidationError("Choose an act from the list.")

    def validate_about(self, field: Field) -> None:
        """Take a reference, an id, or a kind and an id as the list shows them."""
        if not field.data:
            return
        kind, _, text = field.data.rpartition(" ")
        try:
            self.subject = (kind.strip().lower() or None, UUID(text))
        except ValueError:
            intake_id = self.intake_of(field.data.upper())
            if intake_id is None:
                raise ValidationError(NO_SUBJECT) from None
            self.subject = ("intake", intake_id)

    def validate_first(self, field: Field) -> None:
        """Take a day."""
        _day(field.data)

    def validate_last(self, field: Field) -> None:
        """Take a day that is not before the first."""
        last = _day(field.data)
        first = None if self.first.errors else _day(self.first.data)
        if first and last and last < first:
            raise ValidationError(LATER_FIRST)

    def sought(self, zone: ZoneInfo) -> Sought:
        """Give what to look for, with the days on the clinic's clock. The form is valid."""
        first, last = _day(self.first.data), _day(self.last.data)
        kind, subject_id = self.subject or (None, None)
        return Sought(
            actor_id=UUID(self.person.data) if self.person.data else None,
            action=self.act.data or None,
            subject_kind=kind,
            subject_id=subject_id,
            since=_midnight(first, zone) if first else None,
            before=_midnight(last + timedelta(days=1), zone) if last else None,
        )


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValidationError(NO_DAY) from None
    if not date(1900, 1, 1) <= found <= date(2200, 1, 1):
        raise ValidationError(NO_DAY)
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
