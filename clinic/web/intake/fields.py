"""Which field asks an item: one line for each type."""

from collections.abc import Callable, Mapping
from typing import Any

from clinic.intake import BODY_MAP
from clinic.marked import marked
from clinic.questionnaire.checks import NOT_AN_OPTION
from clinic.questionnaire.model import Control, Item, ItemType
from clinic.questionnaire.response import Place
from clinic.questionnaire.values import Coding, Value
from clinic.web.body_map import body_picture
from clinic.web.intake.manners import MANNER_OF, Manner, Setting, Texts
from clinic.web.intake.options import is_same, values_by_code
from clinic.web.intake.picked import Picked
from clinic.web.intake.question import Page
from clinic.web.intake.reading import Unreadable, number_words, tidy
from clinic.web.intake.typed import Typed

MOST_RADIOS = 15
MOST_POINTS = 21
YES, NO = marked("Yes"), marked("No")

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
