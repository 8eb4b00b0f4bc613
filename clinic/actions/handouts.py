"""Makes the printed part of a patient's paper from the articles."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from markupsafe import Markup

from clinic.catalogue import say_in
from clinic.library.article import Article, Figures
from clinic.library.articles import Articles
from clinic.library.drawings import Drawings
from clinic.library.placeholders import filled, filled_text
from clinic.marked import marked
from clinic.pdf.handout import FACILITY, FactLine, Handout, OptionSheet, Picture, StretchSheet
from clinic.summary.model import ClinicDetails
from clinic.triage.rules import Urgency

FACTS = {
    "status": marked("Status"),
    "certainty": marked("How sure we are"),
    "benefits": marked("Help"),
    "harms": marked("Harm"),
    "cost": marked("Cost"),
    "other_choices": marked("Other choices"),
    "ask": marked("What to ask"),
}
AND_OTHERS = marked("and others")
PARTS = ("board", "reputation", "checklist", "red-lights", "who-earns")
SITE_LINK = re.compile(r'<a href="/[^"]*">(.*?)</a>', re.DOTALL)
PARAGRAPHS = re.compile(r"(?=<p>)")
BLOCK = re.compile(r"(?=<p><strong>)")
CALLS = ("{emergency_number}", "{clinic_phone}")
"""A block of "when not to" whose heading names a number says when to stop, and whom to call."""


def read_handouts(
    articles: Articles,
    drawings: Drawings,
    clinic: ClinicDetails,
    languages: Collection[str],
    citations: Mapping[str, str],
) -> dict[str, Handout]:
    """Give the printed articles in each language, the clinic's own values filled in.

    `citations` are the short words of each source by its key.
    """
    return {
        each: Handouts(articles, drawings, clinic, each, citations).handout() for each in languages
    }


class Handouts:
    """Makes the handout of one language."""

    def __init__(
        self,
        articles: Articles,
        drawings: Drawings,
        clinic: ClinicDetails,
        language: str,
        citations: Mapping[str, str],
    ) -> None:
        self.articles = articles
        self.drawings = drawings
        self.language = language
        self.citations = citations
        self.say = say_in(language)
        self.call_by_in_english = clinic.call_by_in()
        self.values: Mapping[str, str] = {
            "emergency_number": clinic.emergency_number,
            "crisis_line": clinic.crisis_line,
            "clinic_phone": clinic.phone,
            "clinic_name": clinic.name,
            "call_by": clinic.call_by_in(self.say),
            "resume_days": str(clinic.resume_days),
        }

    def handout(self) -> Handout:
        """Give the whole handout."""
        signs = self.articles.page("safety-net", self.language)
        advice = self.articles.page("advice", self.language)
        after_hours = self.articles.page("after-hours", self.language)
        facility = self.articles.get("options", FACILITY, self.language)
        stretches = self.articles.stretches(self.language)
        options = self.articles.options(self.language)
        steps = self.articles.page("next-steps", self.language)
        told = (steps, advice, signs, after_hours, *stretches, *options, facility)
        return Handout(
            language=self.language,
            marks={each.id: tuple(self.say(mark) for mark in each.marks) for each in told},
            due={each.id: _first_due(each) for each in told},
            next_steps=dict(self._next_steps(steps)),
            advice={part.id: self._html(advice, part.id) for part in advice.sections},
            signs=self._html(signs, "signs"),
            signs_more=self._html(signs, "do-not-wait"),
            crisis=self._html(signs, "crisis"),
            closed=self._html(after_hours, "paper"),
            closed_today=self._html(after_hours, "same-day"),
            stretches=tuple(self._stretch(each) for each in stretches),
            options=tuple(self._option(each) for each in options),
            questions=facility.section("ask").items,
            facility=tuple(
                (facility.section(part).title, self._html(facility, part)) for part in PARTS
            ),
            talk=self._html(facility, "talk"),
        )

    def _next_steps(self, page: Article) -> Iterator[tuple[str, tuple[str, Markup]]]:
        for name in (*(urgency.value for urgency in Urgency), "incomplete"):
            section = page.section(name.replace("_", "-"))
            yield name, (self._words(section.title), self._html(page, section.id))

    def _stretch(self, article: Article) -> StretchSheet:
        figures = article.figures or Figures("", "", ())
        blocks = [part for part in BLOCK.split(article.section("not-if").html) if part.strip()]
        stops = [part for part in blocks if _says_whom_to_call(part)]
        return StretchSheet(
            id=article.id,
            title=article.title,
            purpose=self._words(article.purpose),
            start=self._picture(figures.start),
            end=self._picture(figures.end),
            easier_pictures=tuple(self._picture(name) for name in figures.easier),
            steps=self._html(article, "steps"),
            dose=self._html(article, "dose"),
            often=self._filled(PARAGRAPHS.split(article.section("dose").html.strip())[-1]),
            feel=self._html(article, "feel"),
            breathing=self._html(article, "breathing"),
            easier=self._html(article, "easier"),
            floor=self._html(article, "floor"),
            not_if=tuple(self._filled(part) for part in blocks if part not in stops),
            stop=tuple(self._filled(part) for part in stops),
        )

    def _option(self, article: Article) -> OptionSheet:
        return OptionSheet(
            id=article.id,
            title=article.title,
            purpose=self._words(article.purpose),
            facts=tuple(
                FactLine(
                    label=self.say(FACTS.get(name, name)),
                    text=self._words(fact.text),
                    checked_on=fact.checked_on,
                )
                for name, fact in article.facts.items()
            ),
            sources=tuple(
                dict.fromkeys(
                    self._source(self.citations.get(key, key))
                    for fact in article.facts.values()
                    for key in fact.sources
                )
            ),
            know=self._html(article, "know"),
            not_know=self._html(article, "not-know"),
        )

    def _source(self, words: str) -> str:
        """Put our own words of a source into the language; names and titles stay as they are."""
        return self.say(words).replace(AND_OTHERS, self.say(AND_OTHERS))

    def _picture(self, name: str) -> Picture:
        return Picture(name, self.drawings.get(name, self.language).alt)

    def _html(self, article: Article, section: str) -> Markup:
        html = article.section(section).html
        if article.foreign:
            html = html.replace("{call_by}", self.call_by_in_english)
        return self._filled(html)

    def _filled(self, html: str) -> Markup:
        return filled(SITE_LINK.sub(r"\1", html), self.values)

    def _words(self, text: str) -> str:
        return filled_text(text, self.values)


def _first_due(article: Article) -> date:
    """Give the first day on which a text, or a line of its label, is due."""
    return min((article.due_by, *(fact.review_by for fact in article.facts.values())))


def _says_whom_to_call(block: str) -> bool:
    heading = block.partition("</strong>")[0]
    return any(place in heading for place in CALLS)
