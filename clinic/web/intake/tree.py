"""A step laid out for the page: groups, questions, rows and words, each shown or waiting."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from clinic.questionnaire.model import Control, Item, ItemType
from clinic.questionnaire.response import Place
from clinic.web.intake.names import element_id
from clinic.web.intake.posted import offered_text


class Shape(StrEnum):
    """What a node is on the page."""

    QUESTION = "question"
    GROUP = "group"
    TABLE = "table"
    ROWS = "rows"
    WORDS = "words"
    KNOWN = "known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One instance of a repetition: its number from 1, and what stands in it."""

    number: int
    nodes: tuple["Node", ...]
    remove: str
    """What its Remove button posts; empty when it is the only row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One thing on the page. `shown_when` is JSON, empty when it is always shown."""

    shape: Shape
    place: Place
    words: str = ""
    hint: str = ""
    level: int = 2
    field: Any = None
    nodes: tuple["Node", ...] = ()
    rows: tuple[Row, ...] = ()
    shown: bool = True
    shown_when: str = ""
    values: tuple[str, ...] = ()
    foreign: str = ""
    """The language of its words, where it is not that of the page."""
    code: str = ""
    """What names it on paper, with the number of the copy; only where staff type from paper."""

    @property
    def id(self) -> str:
        """The id of its heading."""
        return element_id(self.place.key)

    @property
    def is_full(self) -> bool:
        """True when no more rows may be added."""
        most = self.place.item.max_occurs
        return most is not None and len(self.rows) >= most

    @property
    def offers(self) -> str:
        """The key as the hidden field of offered questions names it."""
        return offered_text([self.place.key])


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Lays out items. What it asks of the form is given as functions."""

    language: str
    fields: Mapping[str, Any]
    is_shown: Callable[[Place], bool]
    condition: Callable[[Place], Any]
    rows_of: Callable[[Place], int]
    known: Callable[[Place], tuple[str, ...]]
    original: str = "en"
    """The language that the form was written in, which stands in where words lack."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """What each item is called on paper, by link id."""

    def nodes(self, items: tuple[Item, ...], prefix: str = "", level: int = 2) -> tuple[Node, ...]:
        """Give the nodes of these items, hidden ones left out."""
        found = (self._node(Place(item, prefix), level) for item in items if not item.hidden)
        return tuple(node for node in found if node is not None)

    def _node(self, place: Place, level: int) -> Node | None:
        item = place.item
        if item.control in (Control.HELP, Control.LOWER, Control.UPPER):
            return None
        shape = self._shape(place)
        below = level + 1 if item.type is ItemType.GROUP and item.text.words else level
        in_rows = item.holds_instances and shape is Shape.ROWS
        asked = self.fields.get(place.key)
        return Node(
            shape=shape,
            place=place,
            words=asked.words if asked is not None else self._words(item),
            hint=asked.hint if asked is not None else item.help_text(self.language),
            level=level,
            field=asked,
            nodes=() if in_rows else self.nodes(item.items, place.prefix, below),
            rows=self._rows(place, below) if in_rows else (),
            shown=self.is_shown(place),
            shown_when="" if item.enable_when is None else json.dumps(self.condition(place)),
            values=self.known(place) if shape is Shape.KNOWN else (),
            foreign=self._foreign(item),
            code=self._code(place) if asked is not None else "",
        )

    def _code(self, place: Place) -> str:
        code = self.codes.get(place.item.link_id, "")
        copy = place.prefix.rstrip(".").rpartition(".")[2]
        return f"{code}-{int(copy) + 1}" if code and copy.isdigit() else code

    def _foreign(self, item: Item) -> str:
        is_there = self.language == self.original or item.text.speaks(self.language)
        return "" if is_there or not item.text.words else self.original

    def _shape(self, place: Place) -> Shape:
        item = place.item
        if item.type is ItemType.DISPLAY:
            return Shape.WORDS
        if item.is_question and item.read_only:
            return Shape.KNOWN
        if item.holds_instances:
            return Shape.ROWS
        if item.is_question:
            return Shape.QUESTION
        return Shape.TABLE if item.control is Control.TABLE else Shape.GROUP

    def _words(self, item: Item) -> str:
        return item.label(self.language)

    def _rows(self, place: Place, level: int) -> tuple[Row, ...]:
        count = self.rows_of(place)
        return tuple(
            Row(
                number=n + 1,
                nodes=self.nodes(place.item.items, place.inside(n), level),
                remove=f"{place.key}.{n}" if count > 1 else "",
            )
            for n in range(count)
        )
