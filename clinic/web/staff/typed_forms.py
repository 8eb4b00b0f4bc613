"""What a clinician types of one patient: a licensed total, and the answer for staff alone."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Length, ValidationError

from clinic.errors import BadInput
from clinic.referral.typed_day import day_of
from clinic.store.typed_totals import KeptTotal
from clinic.triage.score import ScoreTable, TypedTotal
from clinic.triage.typed_totals import typed_problems
from clinic.web.staff.forms import LONGEST_NOTE, ActForm, plain_text

LONGEST_LINE = 40
CHOOSE_TOTAL = "Choose the score."
NUMBER_WORDS = "Write a number, such as 44."
NO_SECOND = "{name} has one number. Leave this one empty."
DAY_TO_COME = "Check the day. It is still to come."
TOO_LONG = f"Shorten this to {LONGEST_NOTE:,} characters."
CHOOSE_ANSWER = "Choose yes or no."


class TotalForm(ActForm):
    """A total of a licensed instrument, with the day it was measured."""

    replaces = HiddenField()
    total_id = SelectField("Score", validators=[DataRequired(CHOOSE_TOTAL)], validate_choice=False)
    total_number = StringField(
        "Total",
        validators=[DataRequired("Type the total."), Length(max=LONGEST_LINE)],
        filters=[plain_text],
    )
    total_part = StringField(
        "Psychological part", validators=[Length(max=LONGEST_LINE)], filters=[plain_text]
    )
    total_day = StringField(
        "Day it was filled in",
        validators=[DataRequired("Type the day."), Length(max=LONGEST_LINE)],
        filters=[plain_text],
    )

    def __init__(self, posted: Any = None, *, table: ScoreTable, today: date, **more: Any) -> None:
        super().__init__(posted, **more)
        self.table = table
        self.today = today
        self.parts: Mapping[str, Decimal] = {}
        self.taken_on: date | None = None
        self.total_id.choices = [SelectChoice("", ""), *_choices(table)]

    @classmethod
    def correcting(cls, kept: KeptTotal, table: ScoreTable, today: date) -> "TotalForm":
        """Give the form filled with a total that is to be corrected."""
        numbers = [f"{number:f}" for number in kept.parts.values()]
        return cls(
            table=table,
            today=today,
            data={
                "replaces": str(kept.id),
                "total_id": kept.total_id,
                "total_number": numbers[0],
                "total_part": "".join(numbers[1:2]),
                "total_day": f"{kept.taken_on.month}/{kept.taken_on.day}/{kept.taken_on.year}",
            },
        )

    @property
    def total(self) -> TypedTotal | None:
        """The instrument that was chosen, or None."""
        return next((each for each in self.table.typed if each.id == self.total_id.data), None)

    @property
    def corrected(self) -> UUID | None:
        """The total that this one corrects, or None. Raises BadInput for no id at all."""
        try:
            return UUID(self.replaces.data) if self.replaces.data else None
        except ValueError:
            raise BadInput("Open the patient's page again, then try once more.") from None

    def validate_total_id(self, _field: SelectField) -> None:
        """Take none but ours."""
        if self.total is None:
            raise ValidationError(CHOOSE_TOTAL)

    def validate_total_day(self, field: StringField) -> None:
        """Read the day, which is not to come."""
        self.taken_on = read_day(field.data)
        if self.taken_on > self.today:
            raise ValidationError(DAY_TO_COME)

    def validate_total_number(self, field: StringField) -> None:
        """Read the numbers, and judge them as the tables say."""
        total = self.total
        if total is None:
            return
        self.parts = {total.parts[0].id: read_number(field.data), **self._second(total)}
        second = total.parts[1].name if len(total.parts) > 1 else None
        wrong = [each for each in typed_problems(total, self.parts) if not _of(second, each)]
        if wrong:
            raise ValidationError(" ".join(wrong))

    def validate_total_part(self, field: StringField) -> None:
        """Judge the second number, which few scores have."""
        total = self.total
        if total is None:
            return
        if len(total.parts) == 1:
            if field.data:
                raise ValidationError(NO_SECOND.format(name=total.name))
            return
        if field.data:
            read_number(field.data)
        second = total.parts[1].name
        wrong = [each for each in typed_problems(total, self.parts) if _of(second, each)]
        if wrong and self.parts:
            raise ValidationError(wrong[0])

    def _second(self, total: TypedTotal) -> dict[str, Decimal]:
        text = self.total_part.data
        if len(total.parts) == 1 or not text:
            return {}
        try:
            return {total.parts[1].id: read_number(text)}
        except ValidationError:
            return {}


class SelfHarmForm(ActForm):
    """The staff tick, whether the patient wrote or said that they may harm themselves."""

    typed_in = "harm_words"
    harm = RadioField(
        "Did the patient write or say that they may harm themselves?",
        choices=[SelectChoice("yes", "Yes"), SelectChoice("no", "No")],
        validators=[AnyOf(("yes", "no"), message=CHOOSE_ANSWER)],
        validate_choice=False,
    )
    harm_words = TextAreaField(
        "What was written or said",
        validators=[Length(max=LONGEST_NOTE, message=TOO_LONG)],
        filters=[plain_text],
    )


def read_number(text: str | None) -> Decimal:
    """Read a number as people type it. Raises ValidationError."""
    plain = (text or "").replace(",", ".").removesuffix("%").strip()
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise ValidationError(NUMBER_WORDS) from None
    if not number.is_finite() or "e" in plain.casefold() or "_" in plain:
        raise ValidationError(NUMBER_WORDS)
    return number


def read_day(text: str | None) -> date:
    """Read a day such as 3/17/2026 or 2026-03-17. Raises ValidationError."""
    try:
        return day_of(text or "")
    except BadInput as fault:
        raise ValidationError(str(fault)) from None


def _choices(table: ScoreTable) -> list[SelectChoice]:
    return [SelectChoice(total.id, f"{total.name} ({_range(total)})") for total in table.typed]


def _range(total: TypedTotal) -> str:
    return " + ".join(f"{part.lowest} to {part.highest}" for part in total.parts)


def _of(part_name: str | None, problem: str) -> bool:
    return part_name is not None and part_name in problem
