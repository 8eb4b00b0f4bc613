"""How a value of each type is typed: its boxes, and the way from texts to a value and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from typing import cast

from clinic.intake import BIRTH_DATE
from clinic.questionnaire.model import Item, ItemType
from clinic.questionnaire.values import Coding, PartialDate, Quantity, Value
from clinic.web.intake.dates import (
    date_texts,
    read_birth_date,
    read_date,
    read_moment,
    read_time,
    time_words,
)
from clinic.web.intake.reading import (
    ADD_NUMBER,
    CHOOSE_UNIT,
    Unreadable,
    number_words,
    read_decimal,
    read_integer,
    tidy,
)

Texts = Mapping[str, str]
"""The texts of one row, by the name of the box; the box named as the question itself is ""."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What reading depends on beside the item: the day, the zone, and units already answered."""

    today: date
    zone: tzinfo = UTC
    units: tuple[Coding, ...] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """The boxes of a type; `read` gives None for a blank row and raises Unreadable."""

    component: str
    boxes: tuple[str, ...]
    read: Callable[[Item, Texts, Setting], Value | None]
    write: Callable[[Value, Setting], Texts]


def _read_text(item: Item, texts: Texts, setting: Setting) -> str | None:  # noqa: ARG001
    return tidy(texts[""]) or None


def _read_integer(item: Item, texts: Texts, setting: Setting) -> int | None:  # noqa: ARG001
    return read_integer(texts[""]) if texts[""].strip() else None


def _read_decimal(item: Item, texts: Texts, setting: Setting) -> Decimal | None:  # noqa: ARG001
    return read_decimal(texts[""]) if texts[""].strip() else None


def _read_time(item: Item, texts: Texts, setting: Setting) -> time | None:  # noqa: ARG001
    return read_time(texts[""]) if texts[""].strip() else None


def _read_date(item: Item, texts: Texts, setting: Setting) -> PartialDate | None:
    parts = texts["year"], texts["month"], texts["day"]
    if item.link_id == BIRTH_DATE:
        return read_birth_date(*parts, setting.today)
    return read_date(*parts, full=False)


def _read_moment(
    item: Item,  # noqa: ARG001
    texts: Texts,
    setting: Setting,
) -> datetime | PartialDate | None:
    return read_moment(texts["year"], texts["month"], texts["day"], texts["time"], setting.zone)


def _read_quantity(item: Item, texts: Texts, setting: Setting) -> Quantity | None:
    known = units_of(item, setting)
    number, posted = texts[""].strip(), texts["unit"].strip()
    if not number:
        if posted and not known:
            raise Unreadable(ADD_NUMBER)
        return None
    value = read_decimal(number)
    if not known:
        return Quantity(value, unit=posted or None)
    unit = known[0] if len(known) == 1 else next((u for u in known if unit_code(u) == posted), None)
    if unit is None:
        raise Unreadable(CHOOSE_UNIT, "unit")
    return Quantity(value, unit.display, unit.code or None, unit.system)


def units_of(item: Item, setting: Setting) -> tuple[Coding, ...]:
    """The units that a quantity may have: the item's own, and those already answered with."""
    own = item.unit_options or ((item.unit,) if item.unit else ())
    known = {unit_code(unit): unit for unit in (*own, *setting.units)}
    return tuple(known.values())


def unit_code(unit: Coding) -> str:
    """Give what a form posts for a unit."""
    return unit.code or unit.display or ""


def unit_of(quantity: Quantity) -> Coding | None:
    """Give the unit of a quantity as a coding; None for a bare or free-hand unit."""
    if quantity.code is None:
        return None
    return Coding(quantity.code, quantity.system, quantity.unit)


def _write_text(value: Value, setting: Setting) -> Texts:  # noqa: ARG001
    return {"": str(value)}


def _write_number(value: Value, setting: Setting) -> Texts:  # noqa: ARG001
    return {"": number_words(cast("int | Decimal", value))}


def _write_time(value: Value, setting: Setting) -> Texts:  # noqa: ARG001
    return {"": time_words(cast("time", value))}


def _write_date(value: Value, setting: Setting) -> Texts:  # noqa: ARG001
    return date_texts(cast("PartialDate", value))


def _write_moment(value: Value, setting: Setting) -> Texts:
    if isinstance(value, datetime):
        local = value.astimezone(setting.zone)
        return date_texts(PartialDate.of(local.date())) | {"time": time_words(local.time())}
    return date_texts(cast("PartialDate", value)) | {"time": ""}


def _write_quantity(value: Value, setting: Setting) -> Texts:  # noqa: ARG001
    quantity = cast("Quantity", value)
    unit = unit_of(quantity)
    return {
        "": number_words(quantity.value),
        "unit": unit_code(unit) if unit else quantity.unit or "",
    }


DATE_BOXES = ("month", "day", "year")

MANNER_OF: Mapping[ItemType, Manner] = {
    ItemType.STRING: Manner("text", ("",), _read_text, _write_text),
    ItemType.TEXT: Manner("textarea", ("",), _read_text, _write_text),
    ItemType.URL: Manner("text", ("",), _read_text, _write_text),
    ItemType.INTEGER: Manner("text", ("",), _read_integer, _write_number),
    ItemType.DECIMAL: Manner("text", ("",), _read_decimal, _write_number),
    ItemType.TIME: Manner("text", ("",), _read_time, _write_time),
    ItemType.DATE: Manner("date_partial", DATE_BOXES, _read_date, _write_date),
    ItemType.DATETIME: Manner("date_partial", (*DATE_BOXES, "time"), _read_moment, _write_moment),
    ItemType.QUANTITY: Manner("quantity", ("", "unit"), _read_quantity, _write_quantity),
}
