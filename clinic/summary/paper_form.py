"""A questionnaire as a form to be filled in by hand: what is printed, line by line.

Made from the same items as the pages, in the same order and with the same words. Nothing here
knows of a page: a template sets the lines, and `Copies` says how many empty rows there are.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from clinic.intake import BODY_MAP
from clinic.marked import marked, said
from clinic.questionnaire.item_codes import item_codes
from clinic.questionnaire.model import Control, Item, ItemType, Option, Questionnaire, Step
from clinic.questionnaire.optional import says_optional
from clinic.questionnaire.response import Answer
from clinic.questionnaire.speaking import asked_in
from clinic.summary.only_if import WhenWords, can_hold

YES, NO, ANOTHER = marked("Yes"), marked("No"), marked("Another answer")
YOUR_ANSWER = marked("Your answer")
MOST_POINTS = 21
"""So many numbers stand in one row of boxes."""
ROWS, BLOCKS, LISTED, TEXT_LINES = 6, 3, 3, 3
"""Empty copies of a repeated group, as rows of a table and as blocks; lines of a repeated answer,
and of a long text."""
SHORT_ANSWER, FEW = 22, 6
"""So many characters has an answer that stands beside another; so many flow in one line."""
NO_ANSWERS: Mapping[str, Answer] = {}


class Kind(StrEnum):
    """How something is set on paper."""

    WORDS = "words"
    GROUP = "group"
    ROWS = "rows"
    BLOCKS = "blocks"
    ONE = "one"
    MANY = "many"
    PICTURE = "picture"
    SCALE = "scale"
    DATE = "date"
    MOMENT = "moment"
    TIME = "time"
    NUMBER = "number"
    LINE = "line"
    LINES = "lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """One thing on the paper: words to read, a question with room for its answer, or a group.

    `code` is that of the item, "" of what has no answer. `urgent`: an emergency rule reads it.
    `options` are the words beside the boxes, `other` true where one may write another answer.
    `units` stand behind a number: one is printed, of several one is ticked. `copies` is how
    often `lines` stand there empty, or how many lines a text has.
    """

    kind: Kind
    link_id: str
    words: str = ""
    code: str = ""
    hint: str = ""
    only_if: str = ""
    optional: bool = False
    urgent: bool = False
    options: tuple[str, ...] = ()
    other: str = ""
    low: str = ""
    high: str = ""
    units: tuple[str, ...] = ()
    copies: int = 1
    lines: tuple["PaperLine", ...] = ()

    def walk(self) -> Iterator["PaperLine"]:
        """Give this line and everything below it, in order."""
        yield self
        for line in self.lines:
            yield from line.walk()

    @property
    def is_asked(self) -> bool:
        """True of what is to be answered by hand."""
        return self.kind not in (Kind.WORDS, Kind.GROUP, Kind.ROWS, Kind.BLOCKS)

    @property
    def breadth(self) -> int:
        """How many answers of a list stand beside each other."""
        longest = max((len(option) for option in self.options), default=0)
        return 2 if longest <= SHORT_ANSWER else 1

    @property
    def is_inline(self) -> bool:
        """True when its answers are few and short, and flow in one line."""
        return not self.other and len(self.options) <= FEW and self.breadth == 2


@dataclass(frozen=True, slots=True)
class PaperStep:
    """One part of the form, which is one page on the screen."""

    id: str
    title: str
    hint: str
    lines: tuple[PaperLine, ...]

    @property
    def urgent(self) -> bool:
        """True when an emergency rule reads something here."""
        return any(line.urgent for each in self.lines for line in each.walk())

    def asked(self) -> Iterator[PaperLine]:
        """Every question, in order, once."""
        return (line for each in self.lines for line in each.walk() if line.is_asked)


def paper_steps(
    questionnaire: Questionnaire, language: str, urgent: Collection[str] = ()
) -> tuple[PaperStep, ...]:
    """Give the form as a language asks it. `urgent` are the link ids that emergencies read."""
    form = asked_in(questionnaire, str(language), NO_ANSWERS)
    writer = _Writer(form, codes_of(form), language, frozenset(urgent))
    steps = (writer.step(step) for step in form.steps)
    return tuple(step for step in steps if step.lines)


def codes_of(questionnaire: Questionnaire) -> Mapping[str, str]:
    """Give the code of each item of a form, the same in every language."""
    return item_codes((questionnaire.whole or questionnaire).by_link_id)


@dataclass(frozen=True)
class _Writer:
    form: Questionnaire
    codes: Mapping[str, str]
    language: str
    urgent: frozenset[str]

    def step(self, step: Step) -> PaperStep:
        hint = step.group.help_text(self.language) if step.group else ""
        return PaperStep(
            step.id, step.title.within(self.language), hint, tuple(self._lines(step, step.items))
        )

    def _lines(self, step: Step, items: tuple[Item, ...]) -> Iterator[PaperLine]:
        for item in items:
            if self._is_printed(item):
                yield from self._line(step, item)

    def _is_printed(self, item: Item) -> bool:
        if item.hidden or item.control in (Control.HELP, Control.LOWER, Control.UPPER):
            return False
        if item.is_question and item.read_only:
            return False
        return item.enable_when is None or can_hold(item.enable_when, self.form)

    def _line(self, step: Step, item: Item) -> Iterator[PaperLine]:
        below = tuple(self._lines(step, item.items))
        if item.type is ItemType.DISPLAY:
            yield self._made(item, Kind.WORDS)
        elif item.type is ItemType.GROUP:
            if below:
                yield self._group(item, below)
        elif item.holds_instances:
            own = self._question(step, item)
            yield self._copied(item, (own, *below), words="")
        else:
            yield self._question(step, item)
            yield from below

    def _group(self, item: Item, below: tuple[PaperLine, ...]) -> PaperLine:
        if item.holds_instances:
            return self._copied(item, below, words=item.label(self.language))
        return self._made(item, Kind.GROUP, lines=below)

    def _copied(self, item: Item, below: tuple[PaperLine, ...], words: str) -> PaperLine:
        in_rows = all(line.kind is Kind.LINE and not line.only_if for line in below)
        wanted = max(item.min_occurs or 1, ROWS if in_rows else BLOCKS)
        copies = min(wanted, item.max_occurs or wanted)
        kind = Kind.ROWS if in_rows else Kind.BLOCKS
        return self._made(item, kind, words=words, copies=copies, lines=below)

    def _question(self, step: Step, item: Item) -> PaperLine:
        kind, more = self._room(item)
        return self._made(
            item,
            kind,
            words=item.label(self.language) or said(YOUR_ANSWER, self.language),
            code=self.codes[item.link_id],
            optional=says_optional(self.form, step, item),
            urgent=item.link_id in self.urgent,
            **more,
        )

    def _made(self, item: Item, kind: Kind, **more: object) -> PaperLine:
        when = WhenWords(self.form, self.codes, self.language)
        values: dict[str, object] = {
            "words": item.label(self.language),
            "hint": item.help_text(self.language),
            "only_if": when.sentence(item.enable_when) if item.enable_when else "",
            **more,
        }
        return PaperLine(kind=kind, link_id=item.link_id, **values)  # type: ignore[arg-type]

    def _room(self, item: Item) -> tuple[Kind, dict[str, object]]:
        """Give what room an answer needs."""
        match item.type:
            case ItemType.BOOLEAN:
                words = (said(YES, self.language), said(NO, self.language))
                return Kind.ONE, {"options": words}
            case ItemType.CHOICE | ItemType.OPEN_CHOICE:
                return self._choice(item)
            case ItemType.INTEGER | ItemType.DECIMAL | ItemType.QUANTITY:
                return self._number(item)
            case ItemType.DATE | ItemType.DATETIME | ItemType.TIME:
                kinds = {ItemType.DATE: Kind.DATE, ItemType.DATETIME: Kind.MOMENT}
                return kinds.get(item.type, Kind.TIME), {"copies": self._listed(item)}
            case ItemType.TEXT:
                return Kind.LINES, {"copies": TEXT_LINES}
            case _:
                return Kind.LINE, {"copies": self._listed(item)}

    def _choice(self, item: Item) -> tuple[Kind, dict[str, object]]:
        options = tuple(self._option(option) for option in item.options)
        other = said(ANOTHER, self.language) if item.type is ItemType.OPEN_CHOICE else ""
        if not options:
            return Kind.LINE, {"copies": self._listed(item)}
        kind = Kind.MANY if item.repeats and not item.holds_instances else Kind.ONE
        if item.link_id == BODY_MAP and kind is Kind.MANY:
            kind = Kind.PICTURE
        if item.control is Control.SLIDER and kind is Kind.ONE:
            kind = Kind.SCALE
        return kind, {"options": options, "other": other, **self._ends(item)}

    def _option(self, option: Option) -> str:
        return option.text.within(self.language) or option.code

    def _number(self, item: Item) -> tuple[Kind, dict[str, object]]:
        low, high = item.minimum, item.maximum
        if (
            item.control is Control.SLIDER
            and isinstance(low, int)
            and isinstance(high, int)
            and 0 < high - low < MOST_POINTS
        ):
            points = tuple(str(point) for point in range(low, high + 1))
            return Kind.SCALE, {"options": points, **self._ends(item)}
        return Kind.NUMBER, {"units": self._units(item), "copies": self._listed(item)}

    def _units(self, item: Item) -> tuple[str, ...]:
        if item.unit_text.words:
            return (item.unit_text.within(self.language),)
        known = item.unit_options or ((item.unit,) if item.unit else ())
        return tuple(said(unit.display or unit.code, self.language) for unit in known)

    def _ends(self, item: Item) -> dict[str, object]:
        """The words at the two ends of a scale."""
        ends = {each.control: each.text.within(self.language) for each in item.items}
        return {"low": ends.get(Control.LOWER, ""), "high": ends.get(Control.UPPER, "")}

    @staticmethod
    def _listed(item: Item) -> int:
        wanted = LISTED if item.repeats and not item.holds_instances else 1
        return min(wanted, item.max_occurs or wanted)
