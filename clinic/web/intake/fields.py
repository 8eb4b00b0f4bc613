"""A question as a WTForms field: typed into boxes, or picked from answers shown."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wtforms import Field

from clinic.intake import BODY_MAP
from clinic.questionnaire.checks import NOT_AN_OPTION
from clinic.questionnaire.model import Control, Item, ItemType
from clinic.questionnaire.response import Answer, Place
from clinic.questionnaire.values import Coding, Quantity, Value
from clinic.web.intake.body_map import BodyPicture, body_picture
from clinic.web.intake.manners import (
    MANNER_OF,
    Manner,
    Setting,
    Texts,
    unit_code,
    unit_of,
    units_of,
)
from clinic.web.intake.names import element_id, nth_id, part_name
from clinic.web.intake.parts import Choice, Part
from clinic.web.intake.posted import Posted
from clinic.web.intake.reading import (
    ANSWER_FIRST,
    WRITE_OTHER,
    Unreadable,
    number_words,
    printable,
    tidy,
)

OTHER = "_other"
"""What the radio beside the patient's own words posts."""

MOST_RADIOS = 15
MOST_POINTS = 21
MOST_INLINE = 4

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

PART_LABELS = {"month": "Month", "day": "Day", "year": "Year", "time": "Time", "unit": "Unit"}
YES, NO, OTHER_WORDS, YOUR_ANSWER = "Yes", "No", "Another answer", "Your answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every question of one page shares."""

    language: str
    setting: Setting
    taken: frozenset[str]
    say: Callable[[str], str]


class Question(Field):
    """A question of a step. `data` is its answer, or None when blank or unreadable."""

    data: Answer | None
    component = ""

    def __init__(self, place: Place, page: Page, optional: bool, **kwargs: Any) -> None:
        super().__init__(id=element_id(place.key), **kwargs)
        self.place = place
        self.page = page
        self.optional = optional
        self.reading_error: Unreadable | None = None
        self.wrong_row = 0

    @property
    def item(self) -> Item:
        """The item that is asked."""
        return self.place.item

    @property
    def key(self) -> str:
        """Where the answer is kept, and the name of the field."""
        return self.place.key

    @property
    def words(self) -> str:
        """The question, in the language of the page."""
        text = self.item.text.within(self.page.language) or self.page.say(YOUR_ANSWER)
        return f"{self.item.prefix} {text}".strip()

    @property
    def hint(self) -> str:
        """The help beside the question, with the form that is asked for."""
        help_text = self.item.help_text(self.page.language)
        form = self.item.entry_format
        return " ".join(filter(None, [help_text, form if form not in help_text else ""]))

    @property
    def error(self) -> str:
        """The one sentence to show, or nothing."""
        return self.errors[0] if self.errors else ""

    @property
    def error_id(self) -> str:
        """The id of the box that an error link lands on."""
        return str(self.id)

    @property
    def posted_names(self) -> list[str]:
        """The names under which this question is posted."""
        return [self.key]

    def name_of(self, part: str) -> str:
        """Name one box of the question."""
        return part_name(self.key, part, self.page.taken) if part else self.key

    def process(
        self,
        formdata: Posted | None,
        data: Any = (),
        extra_filters: Any = None,  # noqa: ARG002
    ) -> None:
        """Take the texts of a post, or else the answer that is kept."""
        answer: Answer = data if isinstance(data, tuple) else ()
        self.take_stored(answer)
        if formdata is not None:
            self.take_posted(formdata)

    def take_stored(self, answer: Answer) -> None:
        """Show an answer."""
        raise NotImplementedError

    def take_posted(self, posted: Posted) -> None:
        """Show what was posted, and read it."""
        raise NotImplementedError

    def refuse(self, error: Unreadable, row: int = 0) -> None:
        """Remember the first thing that could not be read."""
        if self.reading_error is None:
            self.reading_error, self.wrong_row = error, row


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
    def rows(self) -> list[list[Part]]:
        """The boxes to show, row by row."""
        return [
            [self._part(box, number, texts) for box in self.manner.boxes]
            for number, texts in enumerate(self.texts)
        ]

    def _part(self, box: str, row: int, texts: Texts) -> Part:
        name = self.name_of(box)
        text = printable(texts.get(box, ""))
        wrong_box = self.reading_error.part if self.reading_error else self.manner.boxes[0]
        return Part(
            name=name,
            id=nth_id(element_id(name), row),
            label=self.page.say(PART_LABELS.get(box, OTHER_WORDS if box == "other" else "")),
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
        return (unit.display or unit.code) if unit else ""

    @property
    def error_id(self) -> str:
        """The id of the box that is wrong, or of the first."""
        row = self.rows[min(self.wrong_row, len(self.texts) - 1)]
        return next((part.id for part in row if part.wrong), row[0].id)


class Picked(Question):
    """A question answered by picking; `component` says as what."""

    def __init__(
        self,
        place: Place,
        page: Page,
        optional: bool,
        component: str,
        answers: Mapping[str, tuple[Value, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(place, page, optional, **kwargs)
        self.component = component
        self.answers = answers
        self.codes: set[str] = set()
        self.others: list[str] = []

    @property
    def is_open(self) -> bool:
        """True when the patient may answer in words of their own."""
        return self.item.type is ItemType.OPEN_CHOICE

    @property
    def posted_names(self) -> list[str]:
        """The name of the list, and of the patient's own words."""
        return [self.key, *([self.name_of("other")] if self.is_open else [])]

    def take_stored(self, answer: Answer) -> None:
        """Show the answers as chosen."""
        self.codes = {
            code
            for code, (option, _) in self.answers.items()
            if any(is_same(option, value) for value in answer)
        }
        options = [option for option, _ in self.answers.values()]
        self.others = [
            str(value)
            for value in answer
            if isinstance(value, str) and not any(is_same(option, value) for option in options)
        ]
        self.data = answer or None

    def take_posted(self, posted: Posted) -> None:
        """Read codes and own words, in the order that they came."""
        codes = [code for code in posted.getlist(self.key) if code]
        typed = posted.getlist(self.name_of("other")) if self.is_open else []
        self.codes = set(codes)
        self.others = [printable(text) for text in typed]
        own = [text for text in map(tidy, typed) if text]
        known = dict.fromkeys(code for code in codes if code in self.answers)
        if any(code not in self.answers and not self._is_other(code) for code in codes):
            self.refuse(Unreadable(NOT_AN_OPTION))
        if any(map(self._is_other, codes)) and not own:
            self.refuse(Unreadable(WRITE_OTHER, "other"))
        self.data = (*(self.answers[code][0] for code in known), *own) or None

    def _is_other(self, code: str) -> bool:
        return self.is_open and code == OTHER

    @property
    def choices(self) -> list[Choice]:
        """The answers to show."""
        shown = [
            Choice(code=code, label=words, chosen=code in self.codes)
            for code, (_, words) in self.answers.items()
        ]
        if self.is_open and self.component == "radios":
            own = bool(self.others and self.others[0]) or OTHER in self.codes
            shown.append(Choice(code=OTHER, label=self.page.say(OTHER_WORDS), chosen=own))
        return shown

    @property
    def other_parts(self) -> list[Part]:
        """The boxes for the patient's own words."""
        if not self.is_open:
            return []
        name = self.name_of("other")
        return [
            Part(name=name, id=nth_id(element_id(name), n), label=self._other_label, text=text)
            for n, text in enumerate(self.others or [""])
        ]

    @property
    def _other_label(self) -> str:
        return self.page.say("Write it here" if self.component == "radios" else OTHER_WORDS)

    @property
    def error_id(self) -> str:
        """The first answer, or the box of own words when that is what is wrong."""
        if self.reading_error and self.reading_error.part == "other":
            return self.other_parts[0].id
        return str(self.id)

    @property
    def inline(self) -> bool:
        """True when the answers are few and short enough to stand in one line."""
        return len(self.answers) <= MOST_INLINE and all(
            len(words) <= 12 for _, words in self.answers.values()
        )

    @property
    def low(self) -> str:
        """The words at the low end of a scale."""
        return self._end(Control.LOWER)

    @property
    def high(self) -> str:
        """The words at the high end of a scale."""
        return self._end(Control.UPPER)

    def _end(self, control: Control) -> str:
        ends = (item for item in self.item.items if item.control is control)
        return " ".join(item.text.within(self.page.language) for item in ends)

    @property
    def picture(self) -> BodyPicture:
        """The drawing of which each answer is a region."""
        return body_picture()


def values_by_code(item: Item) -> dict[str, Value]:
    """Give the value of each option by the code it posts; a code met twice names its system."""
    found: dict[str, Value] = {}
    for option in item.options:
        code = option.code
        if code in found and isinstance(option.value, Coding):
            code = f"{option.value.system}|{code}"
        found[code] = option.value
    return found


def is_same(option: Value, value: Value) -> bool:
    """True when an answer is this option."""
    if isinstance(option, Coding) and isinstance(value, Coding):
        return option.same_code(value)
    return type(option) is type(value) and option == value


Making = Callable[[Place, Page, bool], Any]
"""Gives an unbound WTForms field for a place, on a page, optional or not."""


def typed(place: Place, page: Page, optional: bool) -> Any:
    """Boxes, as the type of the item has them."""
    return Typed(place, page, optional, MANNER_OF[place.item.type])


def number(place: Place, page: Page, optional: bool) -> Any:
    """A whole number: a scale where one is asked for, a box elsewhere."""
    low, high = place.item.minimum, place.item.maximum
    is_scale = place.item.control is Control.SLIDER and not place.item.repeats
    if not (is_scale and isinstance(low, int) and isinstance(high, int)):
        return typed(place, page, optional)
    if not 0 < high - low < MOST_POINTS:
        return typed(place, page, optional)
    points: dict[str, tuple[Value, str]] = {
        str(point): (point, number_words(point)) for point in range(low, high + 1)
    }
    return Picked(place, page, optional, "pain_scale", points)


def yes_no(place: Place, page: Page, optional: bool) -> Any:
    """Yes or no; nothing is chosen beforehand."""
    answers: dict[str, tuple[Value, str]] = {
        "yes": (True, page.say(YES)),
        "no": (False, page.say(NO)),
    }
    return Picked(place, page, optional, "radios", answers)


def choice(place: Place, page: Page, optional: bool) -> Any:
    """One or any of the answers shown."""
    item = place.item
    if item.repeats and item.holds_instances:
        return Typed(place, page, optional, choice_in_rows(item))
    words = (option.text.within(page.language) or option.code for option in item.options)
    coded = values_by_code(item)
    answers = {code: (coded[code], text) for code, text in zip(coded, words, strict=True)}
    return Picked(place, page, optional, _component(item, answers), answers)


def _component(item: Item, answers: Mapping[str, Any]) -> str:
    if item.link_id == BODY_MAP and item.repeats and body_picture().shows(answers):
        return "body_map"
    if item.repeats:
        return "checkboxes"
    if item.control is Control.DROP_DOWN or len(answers) > MOST_RADIOS:
        return "select"
    return "pain_scale" if item.control is Control.SLIDER else "radios"


def choice_in_rows(item: Item) -> Manner:
    """One answer a row, where each has questions of its own below it."""
    coded = values_by_code(item)
    own_words = item.type is ItemType.OPEN_CHOICE

    def read(_: Item, texts: Texts, __: Setting) -> Value | None:
        own, code = tidy(texts.get("other", "")), texts[""]
        if own:
            return own
        if code and code not in coded:
            raise Unreadable(NOT_AN_OPTION)
        return coded.get(code)

    def write(value: Value, _: Setting) -> Texts:
        code = next((code for code, option in coded.items() if is_same(option, value)), "")
        return {"": code, "other": "" if code or isinstance(value, Coding) else str(value)}

    return Manner("select", ("", "other") if own_words else ("",), read, write)


FIELD_FOR: Mapping[ItemType, Making] = {
    ItemType.BOOLEAN: yes_no,
    ItemType.DECIMAL: typed,
    ItemType.INTEGER: number,
    ItemType.DATE: typed,
    ItemType.DATETIME: typed,
    ItemType.TIME: typed,
    ItemType.STRING: typed,
    ItemType.TEXT: typed,
    ItemType.URL: typed,
    ItemType.CHOICE: choice,
    ItemType.OPEN_CHOICE: choice,
    ItemType.QUANTITY: typed,
}
"""A new type of item is one function and one line here."""
