"""The lines above the list of answers: who, why, the pain, health, safety questions."""

from collections.abc import Iterator

from clinic.questionnaire.response import Place
from clinic.summary.answers import Answers
from clinic.summary.lines import (
    LinePlan,
    PartPlan,
    SafetyGroupPlan,
    SafetyPlan,
    SectionPlan,
    SummaryPlan,
)
from clinic.summary.model import (
    BodyMap,
    Line,
    Piece,
    Reply,
    SafetyAnswer,
    SafetyGroup,
    Section,
)
from clinic.summary.words import with_what_was_asked, word

NOT_SURE = frozenset({"not-sure"})
NOT_SAID = frozenset({"rather-not-say"})
PLAIN_YES = frozenset({"yes"})
PLAIN_NO = frozenset({"no"})


def sections(plan: SummaryPlan, answers: Answers) -> tuple[Section, ...]:
    """Every section with the lines of which some question was shown."""
    return tuple(_section(section, answers) for section in plan.sections)


def _section(plan: SectionPlan, answers: Answers) -> Section:
    shown = [line for line in plan.lines if any(answers.at(part.question) for part in line.parts)]
    return Section(plan.id, plan.title, tuple(_line(line, answers) for line in shown))


def _line(plan: LinePlan, answers: Answers) -> Line:
    pieces = tuple(piece for part in plan.parts for piece in _pieces(part, answers))
    return Line(plan.id, plan.label, pieces, plan.lead, plan.quote)


def _pieces(part: PartPlan, answers: Answers) -> Iterator[Piece]:
    for place in answers.at(part.question):
        words = answers.words(place)
        if not words or answers.codes(place) <= part.hide:
            continue
        text = part.say.replace("{}", ", ".join(words))
        more = list(_also(part, place, answers))
        if more:
            text = f"{text} ({', '.join(more)})"
        yield Piece(text, place.key, typed=answers.typed(place), spoken=answers.spoken(place))


def _also(part: PartPlan, place: Place, answers: Answers) -> Iterator[str]:
    for link_id in part.also:
        for beside in answers.at(link_id):
            if beside.prefix == place.prefix:
                yield from answers.words(beside)


def safety_groups(plan: SummaryPlan, answers: Answers) -> tuple[SafetyGroup, ...]:
    """Every group of safety questions of which some were shown."""
    told: set[str] = set()
    groups = (_safety_group(group, answers, told) for group in plan.safety)
    return tuple(group for group in groups if group.answers)


def _safety_group(plan: SafetyGroupPlan, answers: Answers, told: set[str]) -> SafetyGroup:
    found = [
        _safety_answer(question, place, answers, told)
        for question in plan.questions
        for place in answers.at(question.question)
    ]
    return SafetyGroup(plan.id, plan.title, tuple(found))


def _safety_answer(
    plan: SafetyPlan, place: Place, answers: Answers, told: set[str]
) -> SafetyAnswer:
    reply = _reply(plan, answers.codes(place))
    details: list[Piece] = []
    if reply is Reply.YES and not answers.codes(place) <= PLAIN_YES:
        details.append(_detail(place, answers))
    if reply in (Reply.YES, Reply.NOT_SURE):
        for link_id in plan.then:
            for beside in answers.at(link_id):
                if beside.key not in told and answers.codes(beside) != PLAIN_NO:
                    told.add(beside.key)
                    details.append(_detail(beside, answers))
    return SafetyAnswer(place.key, plan.short, reply, tuple(details))


def _detail(place: Place, answers: Answers) -> Piece:
    """What was said to one question; a blank is told as one, since it counts as the worst."""
    if not answers.words(place):
        blank = word("not_answered", answers.language).lower()
        return Piece(f"{answers.question(place.item)} {blank}", place.key)
    words = ", ".join(word.rstrip(".") for word in answers.words(place))
    told = with_what_was_asked(answers.question(place.item), words)
    return Piece(told, place.key, typed=answers.typed(place))


def _reply(plan: SafetyPlan, codes: frozenset[str]) -> Reply:
    if not codes:
        return Reply.NOT_ANSWERED
    if codes <= plan.no:
        return Reply.NO
    if codes <= NOT_SURE:
        return Reply.NOT_SURE
    if codes <= NOT_SAID:
        return Reply.NOT_SAID
    return Reply.YES


def body_map(plan: SummaryPlan, answers: Answers) -> BodyMap:
    """The regions that were marked on the picture."""
    regions: list[str] = []
    words: list[str] = []
    for place in answers.at(plan.body_map):
        for code, text in zip(answers.regions(place), answers.words(place), strict=True):
            regions.append(code)
            words.append(text)
    return BodyMap(tuple(regions), tuple(words))
