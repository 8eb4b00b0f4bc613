"""What a score is: how it is made from answers, its range, bands and limits, and one result."""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from clinic.questionnaire.conditions import Condition


class Direction(StrEnum):
    """What a higher number means."""

    WORSE = "worse"
    BETTER = "better"


class BandKind(StrEnum):
    """Whether a band was published with the scale or in a study of it, or is a label of ours."""

    OFFICIAL = "official"
    INFORMAL = "informal"
    NONE = "none"


class Unscored(StrEnum):
    """Why there is no score."""

    MISSING = "missing"
    REJECTED = "rejected"
    CONFLICT = "conflict"
    NOT_ASKED = "not_asked"


class Method(StrEnum):
    """How answers become a score (instruments.md)."""

    NUMBER = "number"
    MEAN = "mean"
    SUM = "sum"
    TICKED = "ticked"
    YES_NO = "yes-no"
    RATED = "rated"
    CLASSES = "classes"


@dataclass(frozen=True, slots=True)
class Band:
    """A label for scores from `least` up to the next band, on the unrounded value."""

    least: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label that holds when its condition does: a class of a score, or a note beside it.

    `beside` are the few words of a note that must stand right beside the number.
    """

    label: str
    when: Condition
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """The change that matters: by points, by percent of the first score, or for one part alone."""

    points: Decimal | None = None
    percent: Decimal | None = None
    points_of_one: Decimal | None = None
    source: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ScoreDefinition:
    """One score as `content/rules/scores.yaml` states it.

    `questions` are link ids in order; `judged_with` are those whose unusable answer makes
    this score unusable too. `decimals` is how many digits after the point are shown.
    `spare` is how many questions may be missing. `about` are the words for the public.
    """

    id: str
    name: str
    method: Method
    questions: tuple[str, ...]
    lowest: int | None
    highest: int | None
    decimals: int = 0
    higher_is: Direction | None
    band_kind: BandKind = BandKind.NONE
    bands: tuple[Band, ...] = ()
    classes: tuple[Labelled, ...] = ()
    notes: tuple[Labelled, ...] = ()
    limits: Limits = field(default_factory=Limits)
    judged_with: tuple[str, ...] = ()
    spare: int = 0
    loinc: str = ""
    source: tuple[str, ...]
    about: str = ""
    reviewed_by: str | None = None
    reviewed_on: date | None = None
    review_by: date


@dataclass(frozen=True, slots=True)
class TypedPart:
    """One number that staff type, with its range."""

    id: str
    name: str
    lowest: int
    highest: int
    decimals: int = 0
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class TypedTotal:
    """A licensed instrument: a clinic with a licence types its total, and no item stands here.

    The first part is the score; `classes` read the parts by `score: <id>` and, past the
    first, `score: <id>-<part id>`.
    """

    id: str
    name: str
    parts: tuple[TypedPart, ...]
    higher_is: Direction
    band_kind: BandKind
    bands: tuple[Band, ...] = ()
    classes: tuple[Labelled, ...] = ()
    limits: Limits = field(default_factory=Limits)
    licence: str
    source: tuple[str, ...]
    about: str = ""
    reviewed_by: str | None = None
    reviewed_on: date | None = None
    review_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTable:
    """Every score, with the version and hash of the file."""

    version: str
    hash: str
    scores: tuple[ScoreDefinition, ...]
    typed: tuple[TypedTotal, ...] = ()

    def definition(self, score_id: str) -> ScoreDefinition | TypedTotal:
        """Give a score or a typed total by id. Raises KeyError."""
        definitions: tuple[ScoreDefinition | TypedTotal, ...] = (*self.scores, *self.typed)
        for definition in definitions:
            if definition.id == score_id:
                return definition
        raise KeyError(score_id)


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part that has a name of its own, such as an activity, and its number."""

    name: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One score of one response, or the reason why there is none.

    `value` is rounded as shown, `exact` is not; both are None for a class without a number.
    `counted` of `of` questions were answered. `keys` name the answers it rests on.
    `beside` are the notes in the few words that stand right beside the number.
    """

    id: str
    name: str
    value: Decimal | int | None = None
    exact: Fraction | None = None
    text: str = ""
    lowest: int | None = None
    highest: int | None = None
    higher_is: Direction | None = None
    band: str = ""
    band_kind: BandKind = BandKind.NONE
    counted: int | None = None
    of: int | None = None
    unscored: Unscored | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    parts: tuple[ScorePart, ...] = ()
    source: tuple[str, ...] = ()
    loinc: str = ""

    @property
    def scored(self) -> bool:
        """True unless the answers give no score."""
        return self.unscored is None


def rounded(exact: Fraction, decimals: int) -> Decimal:
    """Round half up (away from zero), on the decimal text and never on a binary float."""
    step = Decimal(1).scaleb(-decimals)
    scaled = exact * 10**decimals
    whole = (abs(scaled) * 2 + 1) // 2
    return (Decimal(whole) * (1 if scaled >= 0 else -1) * step).quantize(step, ROUND_HALF_UP)


def band_of(bands: tuple[Band, ...], exact: Fraction) -> str:
    """Give the label of the band that an unrounded value falls in, or nothing."""
    met = [band.label for band in bands if exact >= Fraction(band.least)]
    return met[-1] if met else ""
