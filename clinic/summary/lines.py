"""Which question feeds which line of a summary: the shape of `content/summary/*.yaml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from clinic.summary.model import Said

NO_CODES = frozenset({"no", "none", "never"})
"""The codes that deny a safety question, where its plan names no others."""


@dataclass(frozen=True, slots=True)
class PartPlan:
    """What one question adds to a line.

    `say` holds `{}` for the answer. Answers whose code is in `hide` add nothing. `also`
    names questions of the same repetition that follow in brackets.
    """

    question: str
    say: str = "{}"
    hide: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinePlan:
    """One labelled line and the questions it is made of. `lead` and `quote` as in Line."""

    id: str
    label: str
    parts: tuple[PartPlan, ...]
    lead: bool = False
    quote: bool = False


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """A titled group of lines."""

    id: str
    title: str
    lines: tuple[LinePlan, ...]


@dataclass(frozen=True, slots=True)
class SafetyPlan:
    """One safety question in short words, the questions that follow it, and what counts as no."""

    question: str
    short: str
    then: tuple[str, ...] = ()
    no: frozenset[str] = NO_CODES


@dataclass(frozen=True, slots=True)
class SafetyGroupPlan:
    """Safety questions that belong together."""

    id: str
    title: str
    questions: tuple[SafetyPlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryPlan:
    """Everything a summary shows above the plain list of answers, and from which questions.

    `person` gives for name, birth_date, sex, phone, language and answered_by the
    questions whose answers stand there, joined by a space. `scores` and `stretches` are
    short names by id; `citations` the short words of each source by its key.
    """

    person: Mapping[str, tuple[str, ...]]
    sections: tuple[SectionPlan, ...]
    safety: tuple[SafetyGroupPlan, ...]
    flags: Mapping[str, str]
    scores: Mapping[str, str] = field(default_factory=dict)
    stretches: Mapping[str, str] = field(default_factory=dict)
    citations: Mapping[str, str] = field(default_factory=dict)
    body_map: str = "body-map"

    def reads(self) -> Iterator[str]:
        """Every question that some line rests on."""
        for questions in self.person.values():
            yield from questions
        for section in self.sections:
            for line in section.lines:
                for part in line.parts:
                    yield from (part.question, *part.also)
        yield from self.safety_questions()
        yield self.body_map

    def safety_plans(self) -> Iterator[SafetyPlan]:
        """Every safety question, in order."""
        for group in self.safety:
            yield from group.questions

    def citation(self, key: str) -> str:
        """Give the short words of a source, or its key."""
        return self.citations.get(key, key)

    def said_briefly(self, said: Said, words: str) -> str:
        """Give an answer as its line puts it, or after the question where no line has it."""
        for section in self.sections:
            for line in section.lines:
                for part in line.parts:
                    if part.question == said.link_id:
                        put = part.say.replace("{}", words)
                        return put if part.say != "{}" else f"{line.label}: {put}"
        return f"{said.question} {words}"

    def safety_questions(self) -> Iterator[str]:
        """Every safety question and what follows it."""
        for safety in self.safety_plans():
            yield from (safety.question, *safety.then)


EMPTY_PLAN = SummaryPlan(person={}, sections=(), safety=(), flags={})
"""For a questionnaire that nobody has made a plan for: only the list of answers is shown."""
