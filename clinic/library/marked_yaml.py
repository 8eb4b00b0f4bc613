"""YAML 1.2 (core schema) as plain values whose mappings and lists know their lines.

libyaml reads the text, some thirty times as fast as Python would; which scalars are numbers, true,
false or null is decided here, since libyaml's own rules are those of YAML 1.1 ("no" is false).
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from _ruamel_yaml import CParser
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

DEEPEST = 200
CORE: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (re.compile(r"(~|null|Null|NULL|)"), lambda _: None),
    (re.compile(r"true|True|TRUE|false|False|FALSE"), lambda text: text[0] in "tT"),
    (re.compile(r"[-+]?[0-9]{1,100}"), int),
    (re.compile(r"0o[0-7]{1,100}"), lambda text: int(text, 8)),
    (re.compile(r"0x[0-9a-fA-F]{1,100}"), lambda text: int(text, 16)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?"), Decimal),
)
"""Plain scalars that are not text. Infinity stays text: nothing here means it."""


class LinedMap(dict[Any, Any]):
    """A mapping with its own line and that of each key, counted from 0."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[Any, int] = {}


class LinedList(list[Any]):
    """A list with the line of each item, counted from 0."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


def load(text: str) -> Any:
    """Read one document. Raises YAMLError, with a mark where the fault has a place."""
    return _Document(text).value()


class _Document:
    """Makes values from what libyaml says it met; what an alias names is the same value again."""

    def __init__(self, text: str) -> None:
        self._parser = CParser(text)
        self._anchors: dict[str, Any] = {}

    def value(self) -> Any:
        """Give the value of the only document, or None when there is none."""
        self._next()  # the stream
        if isinstance(self._next(), StreamEndEvent):
            return None
        value = self._value(self._next(), 0)
        self._next()  # the end of the document
        if not isinstance(after := self._next(), StreamEndEvent):
            raise _fault(after, "a second document begins here")
        return value

    def _next(self) -> Any:
        return self._parser.get_event()

    def _value(self, event: Any, depth: int) -> Any:
        if isinstance(event, AliasEvent):
            if event.anchor not in self._anchors:
                raise _fault(event, f"the alias {event.anchor!r} names nothing that ends before it")
            return self._anchors[event.anchor]
        if event.tag is not None:
            raise _fault(event, f"the tag {event.tag!r} is not read here: leave it out")
        if depth == DEEPEST:
            raise _fault(event, "lists and mappings stand too deep in one another")
        if isinstance(event, ScalarEvent):
            value = _scalar(event.value) if event.implicit[0] else event.value
        elif isinstance(event, MappingStartEvent):
            value = self._mapping(event, depth + 1)
        else:
            value = self._list(depth + 1)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _mapping(self, start: Any, depth: int) -> LinedMap:
        made = LinedMap(start.start_mark.line)
        while not isinstance(event := self._next(), MappingEndEvent):
            key = self._value(event, depth)
            if isinstance(key, dict | list):
                raise _fault(event, "a key must be text, not a mapping or a list")
            if key in made:
                raise _fault(event, f"duplicate key {key!r}: each stands once")
            made.lines[key] = event.start_mark.line
            made[key] = self._value(self._next(), depth)
        return made

    def _list(self, depth: int) -> LinedList:
        made = LinedList()
        while not isinstance(event := self._next(), SequenceEndEvent):
            made.lines.append(event.start_mark.line)
            made.append(self._value(event, depth))
        return made


def _scalar(text: str) -> Any:
    return next((value(text) for looks, value in CORE if looks.fullmatch(text)), text)


def _fault(event: Any, problem: str) -> MarkedYAMLError:
    return MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
