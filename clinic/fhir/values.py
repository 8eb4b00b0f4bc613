"""FHIR's value[x]: one typed value as JSON, and back."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from clinic.questionnaire.model import ItemType
from clinic.questionnaire.values import Coding, PartialDate, Quantity, Value

NAMES_OF: Mapping[ItemType, tuple[str, ...]] = {
    ItemType.BOOLEAN: ("Boolean",),
    ItemType.DECIMAL: ("Decimal", "Integer"),
    ItemType.INTEGER: ("Integer", "Decimal"),
    ItemType.DATE: ("Date", "DateTime"),
    ItemType.DATETIME: ("DateTime", "Date"),
    ItemType.TIME: ("Time",),
    ItemType.STRING: ("String", "Uri"),
    ItemType.TEXT: ("String",),
    ItemType.URL: ("Uri", "String"),
    ItemType.CHOICE: ("Coding", "String", "Integer", "Date", "Time"),
    ItemType.OPEN_CHOICE: ("Coding", "String", "Integer", "Date", "Time"),
    ItemType.QUANTITY: ("Quantity",),
}
"""The ends of value[x] that an answer to each type may come under; the first is FHIR's own."""

QUANTITY_KEYS = frozenset({"value", "unit", "system", "code", "extension", "id"})
DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
TIME = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?", re.ASCII)


class WrongValue(ValueError):
    """A value that cannot be read; the words never hold the value itself."""


def read_value(name: str, raw: Any) -> Value:
    """Read what stands under value<name>, such as "Coding". Raises WrongValue in plain words."""
    reader = _READERS.get(name)
    if reader is None:
        raise WrongValue(f"value{name} is not supported")
    return reader(raw)


def write_value(value: Value, item_type: ItemType) -> tuple[str, Any]:
    """Give the end of value[x] and the JSON for an answer to a question of this type."""
    match value:
        case Coding(code, system, display):
            return "Coding", _present(system=system, code=code, display=display)
        case Quantity(number, unit, code, system):
            return "Quantity", _present(value=number, unit=unit, system=system, code=code)
        case bool() | int() | Decimal():
            return _number_end(value, item_type), value
        case datetime():
            return "DateTime", moment_text(value)
        case time():
            return "Time", value.isoformat()
        case PartialDate():
            return ("DateTime" if item_type is ItemType.DATETIME else "Date"), str(value)
        case str():
            return ("Uri" if item_type is ItemType.URL else "String"), value


def moment_text(moment: datetime) -> str:
    """Give a moment as FHIR writes it, with its zone; Greenwich is Z."""
    text = moment.isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def _number_end(value: bool | int | Decimal, item_type: ItemType) -> str:
    if isinstance(value, bool):
        return "Boolean"
    whole = isinstance(value, int) and item_type is not ItemType.DECIMAL
    return "Integer" if whole else "Decimal"


def read_decimal(raw: Any) -> Decimal:
    """Read a JSON number exactly. Raises WrongValue."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise WrongValue(f"{_shown(raw)} is not a number")
    try:
        number = Decimal(str(raw))
    except InvalidOperation:
        raise WrongValue(f"{_shown(raw)} is not a number") from None
    if not number.is_finite():
        raise WrongValue(f"{_shown(raw)} is not a number")
    return number


def read_integer(raw: Any) -> int:
    """Read a whole number. Raises WrongValue."""
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise WrongValue(f"{_shown(raw)} is not a whole number")
    return int(raw)


def read_boolean(raw: Any) -> bool:
    """Read true or false. Raises WrongValue."""
    if not isinstance(raw, bool):
        raise WrongValue(f"{_shown(raw)} is not true or false")
    return raw


def read_string(raw: Any) -> str:
    """Read text that is not empty. Raises WrongValue."""
    if not isinstance(raw, str):
        raise WrongValue(f"{_shown(raw)} is not text")
    if not raw:
        raise WrongValue("the text is empty")
    return str(raw)


def read_coding(raw: Any) -> Coding:
    """Read a coding, which needs its code. Raises WrongValue."""
    if not isinstance(raw, Mapping):
        raise WrongValue("this is not a coding")
    if "code" not in raw:
        raise WrongValue("a coding without a code is not supported")
    return Coding(read_string(raw["code"]), _text_of(raw, "system"), _text_of(raw, "display"))


def read_quantity(raw: Any) -> Quantity:
    """Read a number with its unit. Raises WrongValue."""
    if not isinstance(raw, Mapping):
        raise WrongValue("this is not a quantity")
    if "value" not in raw:
        raise WrongValue("a quantity without a number is not supported")
    for key in raw:
        if key not in QUANTITY_KEYS:
            raise WrongValue(f"{key} of a quantity is not supported")
    return Quantity(
        read_decimal(raw["value"]),
        _text_of(raw, "unit"),
        _text_of(raw, "code"),
        _text_of(raw, "system"),
    )


def read_date(raw: Any) -> PartialDate:
    """Read a date, or a year or a month. Raises WrongValue."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return PartialDate.of(raw)
    return _date(_string(raw))


def read_date_time(raw: Any) -> datetime | PartialDate:
    """Read a moment with its zone, or a date. Raises WrongValue."""
    text = _string(raw)
    if "T" not in text:
        return _date(text)
    if not DATE_TIME.fullmatch(text):
        raise WrongValue("a time of day needs seconds and a zone, as in 2024-03-17T09:30:00Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise WrongValue("there is no such date or time") from None


def read_time(raw: Any) -> time:
    """Read a time of day. Raises WrongValue."""
    text = _string(raw)
    if not TIME.fullmatch(text):
        raise WrongValue("this is not a time of the form 09:30:00")
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise WrongValue("there is no such time") from None


def _date(text: str) -> PartialDate:
    try:
        return PartialDate.parse(text)
    except ValueError:
        raise WrongValue("this is not a date of the form 2024-03-17") from None


def _string(raw: Any) -> str:
    if isinstance(raw, int) and not isinstance(raw, bool) and 1000 <= raw <= 9999:
        return str(raw)  # YAML reads a bare year as a number
    return read_string(raw)


def _text_of(raw: Mapping[str, Any], key: str) -> str | None:
    return read_string(raw[key]) if key in raw else None


def _present(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _shown(raw: Any) -> str:
    """Name the kind and never the value: it may be somebody's answer."""
    kinds = {str: "text", bool: "true or false", dict: "an object", list: "a list"}
    return kinds.get(type(raw), "this")


_READERS: Mapping[str, Callable[[Any], Value]] = {
    "Boolean": read_boolean,
    "Decimal": read_decimal,
    "Integer": read_integer,
    "Date": read_date,
    "DateTime": read_date_time,
    "Time": read_time,
    "String": read_string,
    "Uri": read_string,
    "Coding": read_coding,
    "Quantity": read_quantity,
}
