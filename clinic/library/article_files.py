"""One file of an article: YAML front matter between two `---` lines, then Markdown sections."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from clinic.library.article import Article, Fact, Figures, Hold, Span
from clinic.library.faults import Fault
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.marked_yaml import LinedMap
from clinic.library.overlays import FIRST_LANGUAGE
from clinic.library.overlays import STATUSES as STATUSES_OF_TRANSLATION
from clinic.library.placeholders import PLACEHOLDERS, unknown_placeholders
from clinic.library.sections import Section, read_sections
from clinic.library.sources import Sources
from clinic.library.texts import text_of

FRONT_MATTER = re.compile(r"---\n(?P<front>.*?)^---\n(?P<body>.*)", re.DOTALL | re.MULTILINE)

STATUSES = ("awaiting clinical review", "reviewed")
LONGEST_HOLD_SECONDS = 60  # the source article: one minute

KEYS = (
    "title", "purpose", "order", "version", "reviewed_by", "reviewed_on", "review_by", "status",
    "checked_on", "sources", "source_hash",
)  # fmt: skip
STRETCH_KEYS = ("figures", "hold", "repeats", "times_a_day")
FACTS = ("status", "certainty", "benefits", "harms", "cost", "other_choices", "ask")
"""The rows of every label, in the one order in which all of them stand."""

STRETCH_SECTIONS = (
    "why", "muscles", "not-if", "steps", "feel", "dose", "easier", "mistakes", "floor",
    "breathing", "evidence",
)  # fmt: skip
OPTION_SECTIONS = (
    "what", "how", "where", "know", "not-know", "harms", "rules", "cost", "wait",
    "traditional-care", "choosing", "ask", "talk",
)  # fmt: skip
SECTIONS_OF_PAGE = {
    "choosing-a-facility": (
        "board", "reputation", "checklist", "red-lights", "who-earns", "ask", "talk",
    ),
    "safety-net": ("signs", "do-not-wait", "crisis"),
    "how-we-decide": ("rules", "how-soon", "person", "nobody", "no-diagnosis"),
}  # fmt: skip


@dataclass(frozen=True)
class Library:
    """What an article may name: the folder it lies in, the sources, and the drawings."""

    content_dir: Path
    sources: Sources
    drawings: frozenset[str]


class ArticleFile:
    """Reads one file; whatever is wrong with it joins `faults`."""

    def __init__(self, library: Library, path: Path, faults: list[Fault]) -> None:
        self.library = library
        self.file = path
        self.path = path.relative_to(library.content_dir.parent).as_posix()
        self.kind = path.parent.name
        self.language = path.parent.parent.name
        self.id = path.stem
        self.faults = faults

    @property
    def has_facts(self) -> bool:
        """Whether this is an option with a label; choosing a facility is a page beside them."""
        return self.kind == "options" and self.id not in SECTIONS_OF_PAGE

    @property
    def _statuses(self) -> tuple[str, ...]:
        return STATUSES if self.language == FIRST_LANGUAGE else STATUSES_OF_TRANSLATION

    def article(self) -> Article | None:
        """Give the article; None when the file has no front matter to read it by."""
        text = self._text()
        parts = FRONT_MATTER.fullmatch(text)
        if parts is None:
            message = "begin with front matter: `key: value` lines between two lines of ---"
            self.faults.append(Fault(self.path, 1, message))
            return None
        mapping = read_mapping(parts["front"], self.path, self.faults, first_line=2)
        self._check_places(text)
        first_line = 3 + parts["front"].count("\n")
        intro, sections = read_sections(parts["body"], self.path, first_line, self.faults)
        self._check_sections(sections, first_line)
        if mapping is None:
            return None
        return self._article(self._fields(mapping), intro, sections, self._digest(text))

    def _text(self) -> str:
        """Give the text of the file."""
        return text_of(self.file)

    def _digest(self, text: str) -> str:
        """Give what changes with the words."""
        return hashlib.sha256(text.encode()).hexdigest()

    def _fields(self, mapping: LinedMap) -> Fields:
        fields = Fields(mapping, self.path, self.faults, first_line=2)
        own = STRETCH_KEYS if self.kind == "stretches" else ("facts",) if self.has_facts else ()
        fields.only((*KEYS, *own))
        return fields

    def _article(
        self, fields: Fields, intro: Section, sections: tuple[Section, ...], digest: str
    ) -> Article:
        is_stretch = self.kind == "stretches"
        article = Article(
            kind=self.kind,
            id=self.id,
            language=self.language,
            title=fields.text("title"),
            purpose=fields.text("purpose"),
            version=fields.number("version", least=1),
            status=fields.one_of("status", self._statuses),
            reviewed_by=fields.text_or_none("reviewed_by"),
            reviewed_on=fields.date_or_none("reviewed_on"),
            review_by=fields.date("review_by"),
            checked_on=fields.date("checked_on"),
            sources=self._sources(fields),
            intro=intro,
            sections=sections,
            digest=digest,
            order=fields.number("order") if "order" in fields.mapping else 100,
            source_hash=fields.text_or_none("source_hash", required=False),
            figures=self._figures(fields) if is_stretch else None,
            hold=self._hold(fields) if is_stretch else None,
            repeats=self._span(fields, "repeats") if is_stretch else None,
            times_a_day=self._span(fields, "times_a_day") if is_stretch else None,
            facts=self._facts(fields) if self.has_facts else {},
        )
        is_signed = article.reviewed_by is not None and article.reviewed_on is not None
        if (article.status == "reviewed") != is_signed:
            fields.fault("status", "'reviewed' needs reviewed_by and reviewed_on, and they need it")
        return article

    def _sources(self, fields: Fields) -> tuple[str, ...]:
        named = fields.texts("sources")
        for place, key in enumerate(named):
            if key not in self.library.sources:
                fields.fault("sources", f"unknown source {key!r}: add it to sources.yaml", place)
        if not named and "sources" in fields.mapping:
            fields.fault("sources", "name at least one source")
        return named

    def _figures(self, fields: Fields) -> Figures | None:
        part = fields.fields("figures")
        if part is None:
            return None
        part.only(("start", "end", "easier"))
        figures = Figures(part.text("start"), part.text("end"), part.texts("easier"))
        names = {"start": [figures.start], "end": [figures.end], "easier": figures.easier}
        for key, named in names.items():
            for name in named:
                if name and name not in self.library.drawings:
                    part.fault(key, f"no drawing {name!r} in content/figures/")
        return figures

    def _hold(self, fields: Fields) -> Hold | None:
        part = fields.fields("hold")
        if part is None:
            return None
        part.only(("least_seconds", "most_seconds", "sides"))
        return Hold(
            part.number_or_none("least_seconds", least=1, most=LONGEST_HOLD_SECONDS),
            part.number("most_seconds", least=1, most=LONGEST_HOLD_SECONDS),
            part.number("sides", least=1, most=2),
        )

    def _span(self, fields: Fields, key: str) -> Span | None:
        part = fields.fields(key)
        if part is None:
            return None
        part.only(("least", "most"))
        span = Span(part.number("least", least=1), part.number("most", least=1))
        if span.least > span.most:
            fields.fault(key, f"{key!r} has a least above its most")
        return span

    def _facts(self, fields: Fields) -> dict[str, Fact]:
        label = fields.fields("facts")
        if label is None:
            return {}
        label.only(FACTS)
        parts = {key: label.fields(key) for key in FACTS}
        if [key for key in label.mapping if key in FACTS] != [key for key in FACTS if parts[key]]:
            fields.fault("facts", f"write the label in the order {', '.join(FACTS)}")
        return {key: self._fact(part, fields) for key, part in parts.items() if part is not None}

    def _fact(self, part: Fields, fields: Fields) -> Fact:
        """One line; what it does not say itself, the front matter says."""
        part.only(("text", "sources", "checked_on", "review_by"))
        return Fact(
            text=part.text("text"),
            sources=self._sources(part),
            checked_on=(part if "checked_on" in part.mapping else fields).date("checked_on"),
            review_by=(part if "review_by" in part.mapping else fields).date("review_by"),
        )

    def _check_places(self, text: str) -> None:
        for line, name in unknown_placeholders(text):
            known = ", ".join(f"{{{each}}}" for each in sorted(PLACEHOLDERS))
            self.faults.append(Fault(self.path, 1 + line, f"unknown {{{name}}}: use {known}"))

    def _check_sections(self, sections: tuple[Section, ...], first_line: int) -> None:
        here = {section.id: section for section in sections}
        for section_id in self._needed_sections():
            if section_id not in here:
                message = f"the section {section_id!r} is missing: add `## ... {{#{section_id}}}`"
                self.faults.append(Fault(self.path, first_line, message))
        steps = here.get("steps")
        if self.kind == "stretches" and steps and not 3 <= len(steps.items) <= 5:
            self.faults.append(Fault(self.path, first_line, "write 3 to 5 numbered steps"))

    def _needed_sections(self) -> tuple[str, ...]:
        if self.kind == "stretches":
            return STRETCH_SECTIONS
        return OPTION_SECTIONS if self.has_facts else SECTIONS_OF_PAGE.get(self.id, ())
