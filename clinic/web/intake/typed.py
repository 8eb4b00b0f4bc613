"""A question that is answered by typing into boxes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from clinic.marked import marked
from clinic.questionnaire.model import ItemType
from clinic.questionnaire.response import Answer, Place
from clinic.questionnaire.values import Coding, Quantity, Value
from clinic.web.intake.dates import in_order
from clinic.web.intake.manners import Manner, Setting, Texts, unit_code, unit_of, units_of
from clinic.web.intake.names import element_id, nth_id
from clinic.web.intake.options import values_by_code
from clinic.web.intake.parts import Choice, Part
from clinic.web.intake.posted import Posted
from clinic.web.intake.question import Page, Question
from clinic.web.intake.reading import ANSWER_FIRST, Unreadable, printable

AUTOCOMPLETE: Mapping[str, str] = {
    "full-name": "name",
    "phone": "tel",
    "email": "email",
    "address-street": "address-line1",
    "address-city": "address-level2",
    "address-state": "address-level1",
    "address-zip": "postal-code",
    "birth-date-month": "bday-month",
    "birth-date-day": "bday-day",
    "birth-date-year": "bday-year",
}
"""What browsers may fill in, by the name of the box."""

PART_LABELS = {
    "month": marked("Month"),
    "day": marked("Day"),
    "year": marked("Year"),
    "time": marked("Time"),
    "unit": marked("Unit"),
    "other": marked("Another answer"),
}


class Typed(Question):
    """A question answered in boxes; one row of boxes for each answer where it repeats."""

    def __init__(
        self, place: Place, page: Page, optional: bool, manner: Manner, **kwargs: Any
    ) -> None:
        super().__init__(place, page, optional, **kwargs)
        self.manner = manner
        self.component = manner.component
        self.texts: list[Texts] = []
        self._units: tuple[Coding, ...] = ()

    @property
    def posted_names(self) -> list[str]:
        """The names of all its boxes."""
        return [self.name_of(box) for box in self.manner.boxes]

    @property
    def boxes_shown(self) -> tuple[str, ...]:
        """Its boxes in the order in which the language of the page writes them."""
        return in_order(self.manner.boxes, self.page.language)

    @property
    def setting(self) -> Setting:
        """What reading depends on, with the units already answered."""
        return replace(self.page.setting, units=self._units)

    def take_stored(self, answer: Answer) -> None:
        """Show each value in a row, or one blank row."""
        units = (unit_of(value) for value in answer if isinstance(value, Quantity))
        self._units = tuple(unit for unit in units if unit)
        self.texts = [self.manner.write(value, self.setting) for value in answer] or [{}]
        self.data = answer or None
        if self.component == "text" and any("\n" in texts.get("", "") for texts in self.texts):
            self.component = "textarea"

    def take_posted(self, posted: Posted) -> None:
        """Read the rows of a post; a removed row is gone, an added one is blank."""
        rows = self._posted_rows(posted)
        self.texts = rows or [{}]
        self.data = tuple(self._values(rows)) or None
        if posted.added == self.key and self.item.repeats:
            self.texts.append({})

    def _posted_rows(self, posted: Posted) -> list[Texts]:
        columns = {box: posted.getlist(self.name_of(box)) for box in self.manner.boxes}
        count = max(len(column) for column in columns.values())
        rows: list[Texts] = [
            {box: column[n] if n < len(column) else "" for box, column in columns.items()}
            for n in range(count if self.item.repeats else min(count, 1))
        ]
        if posted.removed and posted.removed[0] == self.key and posted.removed[1] < len(rows):
            del rows[posted.removed[1]]
        return rows

    def _values(self, rows: list[Texts]) -> Iterator[Value]:
        blank: int | None = None
        for number, texts in enumerate(rows):
            try:
                value = self.manner.read(self.item, texts, self.setting)
            except Unreadable as error:
                self.refuse(error, number)
                continue
            if value is None:
                blank = number if blank is None else blank
                continue
            if blank is not None and self.item.holds_instances:
                self.refuse(Unreadable(ANSWER_FIRST), blank)
            yield value

    @property
    def is_full(self) -> bool:
        """True when no more rows may be added."""
        most = self.item.max_occurs
        return most is not None and len(self.texts) >= most

    @property
    def rows(self) -> list[list[Part]]:
        """The boxes to show, row by row."""
        return [self.row(number) for number in range(len(self.texts))]

    def row(self, number: int) -> list[Part]:
        """The boxes of one row; blank behind the last answer."""
        texts = self.texts[number] if number < len(self.texts) else {}
        return [self._part(box, number, texts) for box in self.boxes_shown]

    def _part(self, box: str, row: int, texts: Texts) -> Part:
        name = self.name_of(box)
        text = printable(texts.get(box, ""))
        wrong_box = self.reading_error.part if self.reading_error else self.boxes_shown[0]
        return Part(
            name=name,
            id=nth_id(element_id(name), row),
            label=self.page.say(PART_LABELS[box]) if box else "",
            text=text,
            width=self._width(box),
            inputmode=self._inputmode(box),
            autocomplete=AUTOCOMPLETE.get(name, ""),
            wrong=bool(self.errors) and row == self.wrong_row and box == wrong_box,
            choices=self._choices(box, text),
        )

    def _choices(self, box: str, text: str) -> tuple[Choice, ...]:
        if box == "unit":
            return tuple(
                Choice(code=unit_code(u), label=u.display or u.code, chosen=unit_code(u) == text)
                for u in units_of(self.item, self.setting)
            )
        if box == "" and self.manner.component == "select":
            codes = values_by_code(self.item)
            return tuple(
                Choice(code=code, label=words, chosen=code == text)
                for (code, _), words in zip(codes.items(), self._option_words(), strict=True)
            )
        return ()

    def _option_words(self) -> list[str]:
        return [option.text.within(self.page.language) for option in self.item.options]

    def _width(self, box: str) -> str:
        if box in ("day", "year"):
            return "4"
        if box or self.item.type not in (ItemType.INTEGER, ItemType.DECIMAL, ItemType.TIME):
            return "10" if box else ""
        return "4" if isinstance(self.item.maximum, int) and self.item.maximum < 1000 else "10"

    def _inputmode(self, box: str) -> str:
        if box in ("day", "year") or (box == "" and self.item.type is ItemType.INTEGER):
            return "numeric"
        if box == "" and self.item.type in (ItemType.DECIMAL, ItemType.QUANTITY):
            return "decimal"
        kinds = {"tel": "tel", "email": "email"}
        if box == "" and self.item.type is ItemType.URL:
            return "url"
        return kinds.get(AUTOCOMPLETE.get(self.key, ""), "")

    @property
    def suffix(self) -> str:
        """The unit that stands behind the box."""
        if self.item.type is ItemType.QUANTITY:
            known = units_of(self.item, self.setting)
            unit = known[0] if len(known) == 1 else None
        else:
            unit = self.item.unit
            if self.item.unit_text.words:
                return self.item.unit_text.within(self.page.language)
        return self.page.say(unit.display or unit.code) if unit else ""

    @property
    def error_id(self) -> str:
        """The id of the box that is wrong, or of the first."""
        row = self.rows[min(self.wrong_row, len(self.texts) - 1)]
        return next((part.id for part in row if part.wrong), row[0].id)
