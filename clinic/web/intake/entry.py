"""The two small forms at the door: to agree, and to come back."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import g
from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from clinic.catalogue import date_order
from clinic.marked import marked
from clinic.web.intake.dates import date_parts, read_birth_date
from clinic.web.intake.parts import Part
from clinic.web.intake.reading import Unreadable, printable, tidy
from clinic.web.sentences import sentence

TICK_TO_AGREE = marked("Tick the box if you agree. If you do not, call us.")
TYPE_YOUR_NAME = marked("Type your full name.")
NAME_TOO_LONG = marked("Shorten the name to 200 characters.")
TYPE_THE_CODE = marked("Type the code you were given. It has 12 letters and numbers.")
NOT_TOGETHER = marked(
    "The code and the date of birth do not go together. Check both, then try again."
)
TYPE_BIRTH_DATE = marked("Enter your date of birth, such as March 27 1960.")

KEPT_STEP = "kept-step"
KEPT = "kept."
"""The start of the names under which a typed page waits until its draft is open again."""

BIRTH = "born"
PARTS = ("year", "month", "day")


class ConsentForm(Form):
    """Agreement, with the name that goes with it."""

    agree = BooleanField(validators=[InputRequired(lazy_gettext(TICK_TO_AGREE))])
    name = StringField(
        validators=[
            DataRequired(lazy_gettext(TYPE_YOUR_NAME)),
            Length(max=200, message=lazy_gettext(NAME_TOO_LONG)),
        ],
        filters=[lambda text: tidy(printable(text or ""))],
    )


class ResumeForm:
    """A resume code and a birth date, as typed."""

    def __init__(self, posted: MultiDict[str, str] | None, today: date) -> None:
        given = posted if posted is not None else MultiDict[str, str]()
        self.today = today
        self.code = printable(given.get("code", "")).strip()
        self.texts = {part: printable(given.get(f"{BIRTH}-{part}", "")) for part in PARTS}
        self.errors: dict[str, str] = {}
        self.wrong_part = ""
        self.birth_date: date | None = None

    def validate(self) -> bool:
        """Read both; True when both can be read."""
        if not self.code:
            self.errors["code"] = gettext(TYPE_THE_CODE)
        try:
            year, month, day = (self.texts[part] for part in PARTS)
            born = read_birth_date(year, month, day, self.today)
        except Unreadable as fault:
            words = sentence(fault.pattern, fault.values, gettext, self.language)
            self.errors[BIRTH], self.wrong_part = words, fault.part
            return False
        if born is None:
            self.errors[BIRTH], self.wrong_part = gettext(TYPE_BIRTH_DATE), self.first_part
            return False
        self.birth_date = born.first_day
        return not self.errors

    def refuse(self) -> None:
        """Say that the two do not belong together, without telling which is wrong."""
        self.errors["code"] = gettext(NOT_TOGETHER)

    @property
    def language(self) -> str:
        """The language of the page."""
        return str(g.get("language", "en"))

    @property
    def first_part(self) -> str:
        """The part of a date that this language asks first."""
        return date_order(self.language)[0]

    @property
    def parts(self) -> list[Part]:
        """The boxes of the birth date, as typed.

        The browser may fill them in (WCAG 1.3.5). That Back does not bring them back, on a device
        that the next person uses, is due to their form: it says `autocomplete="off"`.
        """
        return date_parts(
            BIRTH,
            self.texts,
            gettext,
            language=self.language,
            birthday=True,
            wrong=self.wrong_part,
        )

    @property
    def errors_in_order(self) -> list[tuple[str, str]]:
        """Each thing to mend, with the id of its place."""
        places = {"code": "code", BIRTH: f"{BIRTH}-{self.wrong_part}"}
        return [(places[name], words) for name, words in self.errors.items()]


def errors_of(form: Any) -> Iterator[tuple[str, str]]:
    """Give the first thing to mend in each field of a plain form, in page order."""
    for field in form:
        if field.errors:
            yield field.id, str(field.errors[0])
