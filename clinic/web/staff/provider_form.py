"""An entry of the directory as a form, and what a page says of one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from wtforms import Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from clinic.errors import BadInput
from clinic.referral.destinations import DestinationTable, Service
from clinic.referral.provider import LONGEST, Provider, tidy
from clinic.referral.typed_day import day_of
from clinic.summary.words import long_date
from clinic.web.staff.forms import plain_text

NOBODY = UUID(int=0)
"""The id of an entry that has none yet."""
PERSON = "person"
FACILITY = "facility"
FIELD_OF = {"is_facility": "kind"}
"""The form's name of a field, where it is another."""
OLD_BOARD = "Checked on {day}: more than a year ago, check again."
CHECKED_BOARD = "Checked on {day}."
UNCHECKED_BOARD = "Nobody has checked it yet."


class ProviderForm(Form):
    """A person or a facility, with what was checked about it."""

    name = StringField("Name", filters=[plain_text])
    kind = RadioField(
        "Person or facility",
        choices=[SelectChoice(PERSON, "A person"), SelectChoice(FACILITY, "A facility")],
        default=PERSON,
        validate_choice=False,
    )
    service = SelectField("Service", validate_choice=False)
    npi = StringField("NPI", filters=[plain_text])
    licence = StringField("License number", filters=[plain_text])
    board = StringField("Board", filters=[plain_text])
    board_checked_on = StringField("Day it was checked", filters=[plain_text])
    board_checked_by = StringField("Who checked it", filters=[plain_text])
    board_checked_where = StringField("Where it was checked", filters=[plain_text])
    phone = StringField("Phone", filters=[plain_text])
    fax = StringField("Fax", filters=[plain_text])
    email = StringField("Mail address", filters=[plain_text])
    address = TextAreaField("Address", filters=[plain_text])
    languages = StringField("Languages", filters=[plain_text])
    accepts = StringField("Whom and what they accept", filters=[plain_text])
    financial_tie = StringField("Financial tie with this clinic", filters=[plain_text])
    notes = TextAreaField("Notes for staff", filters=[plain_text])

    def __init__(self, posted: Any = None, *, services: Sequence[Service], **more: Any) -> None:
        super().__init__(posted, **more)
        choices = [SelectChoice(each.id, each.name) for each in services]
        self.service.choices = [SelectChoice("", ""), *choices]

    @classmethod
    def of(cls, entry: Provider, services: Sequence[Service]) -> "ProviderForm":
        """Give the form filled with an entry."""
        day = entry.board_checked_on
        values = {name: getattr(entry, name) for name in TEXTS}
        values["kind"] = FACILITY if entry.is_facility else PERSON
        values["board_checked_on"] = f"{day.month}/{day.day}/{day.year}" if day else ""
        return cls(services=services, data=values)

    def validate_board_checked_on(self, field: StringField) -> None:
        """Read the day."""
        try:
            if field.data:
                day_of(field.data)
        except BadInput as fault:
            raise ValidationError(str(fault)) from None

    def entry(self, over: Provider | None = None) -> Provider:
        """Give the entry that was typed, over one that stands. Raises BadInput for a wrong day."""
        typed = self.board_checked_on.data
        texts: dict[str, Any] = {name: self[name].data or "" for name in TEXTS}
        return tidy(
            replace(
                over or Provider(id=NOBODY, name="", service=""),
                is_facility=self.kind.data == FACILITY,
                board_checked_on=day_of(typed) if typed else None,
                **texts,
            )
        )

    def refuse(self, problems: Iterable[tuple[str, str]]) -> None:
        """Put each problem at its field."""
        for name, words in problems:
            field = self[FIELD_OF.get(name, name)]
            field.errors = [*field.errors, words]


TEXTS = (*LONGEST, "service", "npi")
"""The fields that are kept as they were typed."""


class Fact(NamedTuple):
    """One line of an entry: its label, and what stands there."""

    label: str
    value: str


class Differing(NamedTuple):
    """A field in which what stands and what was typed differ."""

    label: str
    stands: str
    typed: str


def facts(entry: Provider, table: DestinationTable, today: date) -> list[Fact]:
    """Give everything that is known of an entry, in the order of the form."""
    labels = {name: str(field.label.text) for name, field in _labels()}
    labels["board"] = "Board certification"
    values = {name: str(getattr(entry, name)) for name in TEXTS}
    values["kind"] = "A facility" if entry.is_facility else "A person"
    values["service"] = table.service(entry.service).name
    values["board_checked_on"] = board_words(entry, today)
    return [Fact(labels[name], values[name]) for name in labels if name != "name"]


def board_words(entry: Provider, today: date) -> str:
    """Say how old the check of a board certification is; nothing where there is none."""
    if not entry.board:
        return ""
    if entry.board_checked_on is None:
        return UNCHECKED_BOARD
    words = OLD_BOARD if entry.board_is_old(today) else CHECKED_BOARD
    return words.format(day=long_date(entry.board_checked_on, "en"))


def differing(stands: Provider, typed: ProviderForm, table: DestinationTable) -> list[Differing]:
    """Give the fields in which what stands now differs from what was typed."""
    now = ProviderForm.of(stands, table.services)
    found = []
    for name, field in _labels():
        both = [str(form[name].data or "") for form in (now, typed)]
        if both[0] != both[1]:
            before, after = (_shown(name, text, table) for text in both)
            found.append(Differing(str(field.label.text), before, after))
    return found


def _shown(name: str, text: str, table: DestinationTable) -> str:
    return table.service(text).name if name == "service" and text else text


def _labels() -> list[tuple[str, Any]]:
    return [(field.name, field) for field in ProviderForm(services=())]
