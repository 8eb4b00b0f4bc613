"""Answers as JSON, each value with its type, so that they come back equal.

The answers of a response are kept as FHIR; this is for answers outside of one: what was
changed when, and what a finding rests on.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from clinic.questionnaire.response import Answer
from clinic.questionnaire.values import Coding, PartialDate, Quantity, Value


def answer_to_json(answer: Answer) -> list[Any]:
    """Give a list with one `[type, ...]` for each value."""
    return [_written(value) for value in answer]


def answer_from_json(values: list[Any]) -> Answer:
    """Read what answer_to_json wrote."""
    return tuple(_READERS[name](*parts) for name, *parts in values)


def _written(value: Value) -> list[Any]:
    name, parts = next(writer for kind, writer in _WRITERS.items() if isinstance(value, kind))
    return [name, *parts(value)]


def _quantity(number: str, *rest: str | None) -> Quantity:
    return Quantity(Decimal(number), *rest)


_READERS: Mapping[str, Callable[..., Value]] = {
    "boolean": bool,
    "integer": int,
    "decimal": Decimal,
    "date": PartialDate.parse,
    "dateTime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "string": str,
    "coding": Coding,
    "quantity": _quantity,
}

_WRITERS: Mapping[type, tuple[str, Callable[[Any], tuple[Any, ...]]]] = {
    bool: ("boolean", lambda value: (value,)),  # before int, which it is as well
    int: ("integer", lambda value: (value,)),
    Decimal: ("decimal", lambda value: (str(value),)),
    PartialDate: ("date", lambda value: (str(value),)),
    datetime: ("dateTime", lambda value: (value.isoformat(),)),
    time: ("time", lambda value: (value.isoformat(),)),
    str: ("string", lambda value: (value,)),
    Coding: ("coding", lambda value: (value.code, value.system, value.display)),
    Quantity: (
        "quantity",
        lambda value: (str(value.value), value.unit, value.code, value.system),
    ),
}
