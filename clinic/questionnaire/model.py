"""What a questionnaire is: FHIR R4's Questionnaire, typed and frozen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from clinic.questionnaire.conditions import Condition
from clinic.questionnaire.values import Coding, Today, Value


class ItemType(StrEnum):
    """FHIR's item types that we render."""

    GROUP = "group"
    DISPLAY = "display"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    DATETIME = "dateTime"
    TIME = "time"
    STRING = "string"
    TEXT = "text"
    URL = "url"
    CHOICE = "choice"
    OPEN_CHOICE = "open-choice"
    QUANTITY = "quantity"


class Control(StrEnum):
    """FHIR's item controls that change how an item looks."""

    RADIO = "radio-button"
    CHECK_BOX = "check-box"
    DROP_DOWN = "drop-down"
    SLIDER = "slider"
    TABLE = "table"
    HELP = "help"
    LOWER = "lower"
    UPPER = "upper"


@dataclass(frozen=True, slots=True)
class Text:
    """Words in the questionnaire's language, with their translations by language code."""

    words: str
    translations: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )

    def within(self, language: str) -> str:
        """Give the words in a language, or the original where it has none."""
        return self.translations.get(language, self.words)

    def speaks(self, language: str) -> bool:
        """True when there are words in a language that is not the original's."""
        return language in self.translations

    def __str__(self) -> str:
        """Give the original words."""
        return self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer that a choice offers."""

    value: Value
    text: Text
    exclusive: bool = False
    initially_selected: bool = False
    score: Decimal | None = None

    @property
    def code(self) -> str:
        """What a form posts for this option."""
        return self.value.code if isinstance(self.value, Coding) else str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question, a group of items, or words to read. Lengths in characters."""

    link_id: str
    type: ItemType
    text: Text = Text("")
    prefix: Text = Text("")
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    enable_when: Condition | None = None
    options: tuple[Option, ...] = ()
    initial: tuple[Value, ...] = ()
    min_length: int | None = None
    max_length: int | None = None
    minimum: Value | Today | None = None
    maximum: Value | Today | None = None
    max_decimal_places: int | None = None
    pattern: str | None = None
    min_occurs: int | None = None
    max_occurs: int | None = None
    entry_format: str = ""
    control: Control | None = None
    unit: Coding | None = None
    unit_text: Text = Text("")
    unit_options: tuple[Coding, ...] = ()
    codes: tuple[Coding, ...] = ()
    items: tuple["Item", ...] = ()
    holds_instances: bool = field(init=False, repr=False, compare=False)
    """True of a repeating group, and of a repeating question with items below it.

    What stands below is answered once for each instance, under a key that names it.
    """

    def __post_init__(self) -> None:
        """See once whether it holds instances: every pass over the form asks."""
        has_children = any(child.type is not ItemType.DISPLAY for child in self.items)
        holds = self.repeats and (self.type is ItemType.GROUP or has_children)
        object.__setattr__(self, "holds_instances", holds)

    @property
    def is_question(self) -> bool:
        """True of everything that holds an answer."""
        return self.type not in (ItemType.GROUP, ItemType.DISPLAY)

    def help_text(self, language: str = "") -> str:
        """Give the words of the help items directly below, in one piece."""
        return " ".join(
            item.text.within(language) for item in self.items if item.control is Control.HELP
        )

    def label(self, language: str = "") -> str:
        """Give what is asked: the words that stand before it, and its own."""
        return f"{self.prefix.within(language)} {self.text.within(language)}".strip()

    def walk(self) -> Iterator["Item"]:
        """Give this item and everything below it, in order."""
        yield self
        for item in self.items:
            yield from item.walk()

    def option(self, code: str) -> Option | None:
        """Give the option that posts this code."""
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True, slots=True)
class Step:
    """One page of a questionnaire: a top-level group, or items that stand outside any."""

    id: str
    title: Text
    items: tuple[Item, ...]
    group: Item | None = None

    def walk(self) -> Iterator[Item]:
        """Give every item of the page, in order."""
        for item in self.items:
            yield from item.walk()


RESERVED_STEP_IDS = frozenset(
    {"review", "send", "done", "resume", "urgent", "leave", "summary.pdf"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """A form: its identity and its items. `url|version` names it for good.

    `left_out` gives, by language, the link ids that are not asked in it, each with why; `whole` is
    the form that one without them was made from.
    """

    id: str
    url: str | None
    version: str
    title: Text
    language: str
    items: tuple[Item, ...]
    left_out: Mapping[str, Mapping[str, str]] = field(
        default_factory=lambda: MappingProxyType({}), repr=False, compare=False
    )
    whole: "Questionnaire | None" = field(default=None, repr=False, compare=False)
    spoken: dict[tuple[str, frozenset[str]], "Questionnaire"] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The forms made from this one for other languages, remembered."""
    steps: tuple[Step, ...] = field(init=False)
    parents: Mapping[str, Item | None] = field(init=False, repr=False)
    by_link_id: Mapping[str, Item] = field(init=False, repr=False)
    holders: Mapping[str, tuple[Item, ...]] = field(init=False, repr=False)
    """The repetitions that each item stands in, outermost first."""

    def __post_init__(self) -> None:
        """Lay out the steps and the look-up tables."""
        parents: dict[str, Item | None] = {}
        by_link_id: dict[str, Item] = {}
        for top in self.items:
            parents[top.link_id] = None
            for item in top.walk():
                by_link_id[item.link_id] = item
                parents.update({child.link_id: item for child in item.items})
        object.__setattr__(self, "steps", tuple(_steps(self.items, self.title)))
        object.__setattr__(self, "parents", MappingProxyType(parents))
        object.__setattr__(self, "by_link_id", MappingProxyType(by_link_id))
        holders = {
            link_id: tuple(one for one in self.ancestors(link_id) if one.holds_instances)[::-1]
            for link_id in by_link_id
        }
        object.__setattr__(self, "holders", MappingProxyType(holders))

    def walk(self) -> Iterator[Item]:
        """Give every item, in order."""
        for item in self.items:
            yield from item.walk()

    def ancestors(self, link_id: str) -> Iterator[Item]:
        """Give the items above, nearest first."""
        parent = self.parents[link_id]
        while parent is not None:
            yield parent
            parent = self.parents[parent.link_id]

    def step_of(self, link_id: str) -> Step:
        """Give the step on which an item stands. Raises KeyError for an unknown one."""
        for step in self.steps:
            frame = step.group is not None and step.group.link_id == link_id
            if frame or any(item.link_id == link_id for item in step.walk()):
                return step
        raise KeyError(link_id)


def _steps(items: tuple[Item, ...], title: Text) -> Iterator[Step]:
    """Give each top-level group as a step; gather what stands between them."""
    taken: set[str] = set(RESERVED_STEP_IDS)
    loose: list[Item] = []
    for item in items:
        if item.type is ItemType.GROUP and not item.repeats:
            if loose:
                yield _loose_step(loose, title, taken)
                loose = []
            yield Step(_free_name(item.link_id, taken), item.text, item.items, item)
        else:
            loose.append(item)
    if loose:
        yield _loose_step(loose, title, taken)


def _loose_step(items: list[Item], title: Text, taken: set[str]) -> Step:
    return Step(_free_name(items[0].link_id, taken), title, tuple(items))


def _free_name(link_id: str, taken: set[str]) -> str:
    """Make a safe address from a link id: lower-case letters, digits and hyphens."""
    words = "".join(c if c.isascii() and c.isalnum() else "-" for c in link_id.lower())
    stem = "-".join(filter(None, words.split("-"))) or "step"
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    taken.add(name)
    return name
