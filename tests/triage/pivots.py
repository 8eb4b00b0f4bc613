"""Answers on which a condition of the clinical text turns: all else held, one answer decides.

Pairs drawn at random seldom meet the one place in which a part of a long condition matters. Here
the text itself is taken apart, and for each thing that it compares, answers are looked for that
leave the outcome to this one thing alone: what stands beside it under "and" holds, what stands
beside it under "or" does not, and of a count just one is wanting.
"""

import ast
import itertools
import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from tests.triage.notation import NAMES, Answers, Asked, Said, python_of

Domains = Mapping[str, Sequence[object]]
Allowed = dict[str, frozenset[int]]
"""For each input, the places in its domain that are still open to it."""

TRIES = 40
CONTEXTS = 2


@dataclass(frozen=True)
class Atom:
    """One comparison."""

    name: str
    said: Callable[[Answers], Said]


@dataclass(frozen=True)
class Group:
    """At least `least` of the parts: all of them, one of them, or a number between."""

    least: int
    parts: tuple["Formula", ...]


@dataclass(frozen=True)
class Not:
    """The opposite; true of a blank."""

    part: "Formula"


@dataclass(frozen=True)
class Called:
    """A part of the text that has a name."""

    name: str
    part: "Formula"


Formula = Atom | Group | Not | Called
Wish = tuple[Formula, bool]

COURSES = {
    "new": "{0} = yes and ({0}-course in {{start-2-weeks, worse-2-weeks, not-sure}} "
    "or {0}-course missing)",
    "old": "{0} = yes and {0}-course in {{older-slow, older-same}}",
    "some": "{0} = yes and not {0}-course = years-known",
}


@cache
def formula(text: str) -> Formula:
    """Take a condition apart."""
    return _built(ast.parse(python_of(text), mode="eval").body)


def _built(node: ast.expr) -> Formula:
    match node:
        case ast.BinOp(left=left, op=ast.BitAnd(), right=right):
            parts = (*_flat(left, ast.BitAnd), *_flat(right, ast.BitAnd))
            return Group(len(parts), tuple(map(_built, parts)))
        case ast.BinOp(left=left, right=right):
            parts = (*_flat(left, ast.BitOr), *_flat(right, ast.BitOr))
            return Group(1, tuple(map(_built, parts)))
        case ast.UnaryOp(operand=operand):
            return Not(_built(operand))
        case ast.Call(func=ast.Name(), args=[ast.Constant(value=int() as least), *parts]):
            return Group(least, tuple(map(_built, parts)))
        case ast.Call(func=ast.Attribute(attr=what), args=args):
            return _called(what, [arg.value for arg in args if isinstance(arg, ast.Constant)])
    raise AssertionError(ast.dump(node))


def _flat(node: ast.expr, operator: type[ast.operator]) -> tuple[ast.expr, ...]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, operator):
        return (*_flat(node.left, operator), *_flat(node.right, operator))
    return (node,)


def _called(what: str, args: list[object]) -> Formula:
    name = str(args[0])
    if what == "named":
        return Called(condition_id(name), formula(NAMES[name]))
    if what in COURSES:
        return Called(f"{what}-{name}", formula(COURSES[what].format(name)))
    return Atom(name, lambda answers: getattr(Asked(answers), what)(*args))


def condition_id(name: str) -> str:
    """The name of a condition as the rule file writes it."""
    return name.lower().replace("_", "-")


def inputs(part: Formula) -> frozenset[str]:
    """What a part reads."""
    match part:
        case Atom(name):
            return frozenset({name})
        case Group(parts=parts):
            return frozenset().union(*map(inputs, parts))
        case Not(inner) | Called(part=inner):
            return inputs(inner)


def alone(name: str, part: Formula) -> Iterator[Formula]:
    """The largest parts that read one input and nothing else."""
    read = inputs(part)
    if read == {name}:
        yield part
    elif name in read:
        match part:
            case Group(parts=parts):
                for each in parts:
                    yield from alone(name, each)
            case Not(inner) | Called(part=inner):
                yield from alone(name, inner)


def outcome(part: Formula, answers: Answers) -> Said:
    """What a part says of answers."""
    match part:
        case Atom(said=said):
            return said(answers)
        case Not(inner):
            return ~outcome(inner, answers)
        case Called(part=inner):
            return outcome(inner, answers)
        case Group(least, parts):
            values = [outcome(each, answers).value for each in parts]
            if values.count(True) >= least:
                return Said(True)
            return Said(False if len(values) - values.count(False) < least else None)


def turning_points(
    text: str, domains: Domains, known: Collection[str] = ()
) -> Iterator[dict[str, object]]:
    """Answers around every comparison of a condition, with each answer to its own question.

    Of a named part that is `known`, because it is held to the text by itself, one comparison
    that turns it is enough.
    """
    draw = random.Random(20261129)  # noqa: S311
    wide = {name: [*values, *_few(values)] for name, values in domains.items()}
    for atom, others in _ways(formula(text), known, draw, wide):
        for context in range(CONTEXTS):
            found = _settled(others, wide, draw)
            if found is None:
                break
            case = {
                name: wide[name][_pick(found.get(name), wide[name], draw, quiet=context == 0)]
                for name, values in domains.items()
            }
            for value in (*domains[atom.name], *_near(case[atom.name], domains[atom.name])):
                yield {**case, atom.name: value}


def _few(values: Sequence[object]) -> Iterator[list[str]]:
    """Of a list of boxes, every two and three of them."""
    codes = _codes(values)
    for count in (2, 3):
        yield from map(list, itertools.combinations(codes, count))


def _near(value: object, values: Sequence[object]) -> Iterator[list[str]]:
    """A list of boxes with one box more, or one less."""
    ticked = value if isinstance(value, list) else []
    for code in _codes(values):
        near = sorted({code}.symmetric_difference(ticked))
        if near:
            yield near


def _codes(values: Sequence[object]) -> list[str]:
    return sorted({code for value in values if isinstance(value, list) for code in value})


def _pick(
    allowed: frozenset[int] | None, values: Sequence[object], draw: random.Random, *, quiet: bool
) -> int:
    """Choose an answer; a quiet one ticks the fewest boxes, and says nothing where it may."""
    if allowed is None:
        return 1 if quiet else draw.randrange(len(values))
    places = sorted(allowed)
    return min(places, key=lambda place: _ticks(values[place])) if quiet else draw.choice(places)


def _ticks(value: object) -> int:
    return len(value) if isinstance(value, list) else 1


Others = list[tuple[int, tuple[Formula, ...]]]
"""Of each list of parts, how many have to hold, and none besides."""


def _ways(
    part: Formula, known: Collection[str], draw: random.Random, domains: Domains
) -> Iterator[tuple[Atom, Others]]:
    match part:
        case Atom():
            yield part, []
        case Not(inner):
            yield from _ways(inner, known, draw, domains)
        case Called(name, inner):
            ways = list(_ways(inner, known, draw, domains))
            if name in known:
                draw.shuffle(ways)
                ways = [way for way in ways if _settled(way[1], domains, draw) is not None][:1]
            yield from ways
        case Group(least, parts):
            for place, each in enumerate(parts):
                beside = (*parts[:place], *parts[place + 1 :])
                for atom, others in _ways(each, known, draw, domains):
                    yield atom, [(least - 1, beside), *others]


def _settled(others: Others, domains: Domains, draw: random.Random) -> Allowed | None:
    """Answers under which just so many of the parts hold; None when none were found."""
    for _ in range(TRIES):
        wishes: list[Wish] = []
        for count, parts in others:
            hold = set(draw.sample(range(len(parts)), count))
            wishes += [(each, place in hold) for place, each in enumerate(parts)]
        found = _granted(wishes, {}, _Patience(), domains, draw)
        if found is not None:
            return found
        if not any(0 < count < len(parts) for count, parts in others):
            return None
    return None


class _Patience:
    """How many choices may still be tried."""

    def __init__(self) -> None:
        self.left = 300


Choice = tuple[int, tuple[Formula, ...], bool]
"""So many of these parts have to hold, or not."""


def _granted(
    wishes: list[Wish],
    allowed: Allowed,
    patience: _Patience,
    domains: Domains,
    draw: random.Random,
) -> Allowed | None:
    """Grant what leaves no choice, then try the choices of the group that has the fewest."""
    atoms, choices = _without_choice(wishes)
    for atom, wanted in atoms:
        every = frozenset(range(len(domains[atom.name])))
        allowed = {
            **allowed,
            atom.name: allowed.get(atom.name, every) & _fits(atom, wanted, domains[atom.name]),
        }
    if not all(allowed.values()):
        return None
    if not choices:
        return allowed
    choices.sort(key=lambda choice: len(choice[1]), reverse=True)
    enough, parts, wanted = choices.pop()
    options = list(itertools.combinations(parts, enough))
    draw.shuffle(options)
    for option in options:
        patience.left -= 1
        if patience.left < 0:
            return None
        more = [*map(_wish, choices), *((each, wanted) for each in option)]
        found = _granted(more, allowed, patience, domains, draw)
        if found is not None:
            return found
    return None


def _without_choice(wishes: list[Wish]) -> tuple[list[tuple[Atom, bool]], list[Choice]]:
    """Open every wish as far as it can be granted in one way only."""
    atoms: list[tuple[Atom, bool]] = []
    choices: list[Choice] = []
    while wishes:
        part, wanted = wishes.pop()
        match part:
            case Atom():
                atoms.append((part, wanted))
            case Not(inner):
                wishes.append((inner, not wanted))
            case Called(part=inner):
                wishes.append((inner, wanted))
            case Group(least, parts):
                enough = least if wanted else len(parts) - least + 1
                if enough == len(parts):
                    wishes += [(each, wanted) for each in parts]
                else:
                    choices.append((enough, parts, wanted))
    return atoms, choices


def _wish(choice: Choice) -> Wish:
    enough, parts, wanted = choice
    return Group(enough if wanted else len(parts) - enough + 1, parts), wanted


def _fits(atom: Atom, wanted: bool, values: Sequence[object]) -> frozenset[int]:
    return frozenset(
        place for place, value in enumerate(values) if atom.said({atom.name: value}).value is wanted
    )
