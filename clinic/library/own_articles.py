"""Texts in the words of the clinic: its own pages, and shipped texts that it says in its own way.

A text that nobody has signed is not shown: a page of the clinic's own is not there, and a shipped
text stays as it came.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from clinic.library.article import LOCAL, Article
from clinic.library.article_files import ArticleFile, Library
from clinic.library.faults import Fault
from clinic.library.lined_yaml import Fields
from clinic.library.marked_yaml import LinedMap
from clinic.library.overlays import FIRST_LANGUAGE
from clinic.library.own_folder import OURS, OwnFolder, OwnText
from clinic.library.sections import Section

NEVER_REPLACED = frozenset(
    {
        *("advice", "after-hours", "after-sending", "consent"),
        *("how-we-decide", "next-steps", "safety-net"),
    }
)
"""Pages with safety wording: settings fill in the clinic's numbers, and nothing else changes."""
KEPT_SECTIONS = frozenset({"not-if", "not-now"})
"""Sections that say when not to stretch; so is kept each that names the number below."""
NUMBER_TO_CALL = "{emergency_number}"
SIGNING = re.compile(
    r"^(?:reviewed_by|reviewed_on|review_by|status|checked_on|version):.*\n", re.MULTILINE
)
WAITS = "waiting for approval, and not shown: fill in reviewed_by and reviewed_on"
SIGNED_WHOLE = "reviewed_by and reviewed_on go together: fill in both"

Place = tuple[str, str, str]


class OwnArticleFile(ArticleFile):
    """Reads one text of the clinic's own folder, by the rules of the shipped ones.

    A page that only the clinic has needs a title, a purpose, and who approved it, when and until
    when; a shipped text keeps every key and section, and what it says on safety.
    """

    def __init__(
        self, library: Library, own: OwnText, shipped: Article | None, faults: list[Fault]
    ) -> None:
        self.library = library
        self.file = Path(own.path)
        self.path = own.path
        self.kind = own.kind
        self.language = own.language
        self.id = own.id
        self.faults = faults
        self.text = own.text
        self.shipped = shipped

    def _text(self) -> str:
        return self.text

    def _digest(self, text: str) -> str:
        """Leave out who signed: a translation is not old because its English was approved."""
        return hashlib.sha256(SIGNING.sub("", text).encode()).hexdigest()

    def _fields(self, mapping: LinedMap) -> Fields:
        """Let a page of the clinic's own leave out what only shipped texts need."""
        by = mapping.get("reviewed_by")
        signed = bool(by.strip() if isinstance(by, str) else by)
        if signed != (mapping.get("reviewed_on") is not None):
            key = "reviewed_by" if "reviewed_by" in mapping else "reviewed_on"
            Fields(mapping, self.path, self.faults, first_line=2).fault(key, SIGNED_WHOLE)
        unsaid: dict[str, Any] = {"reviewed_by": None, "reviewed_on": None}
        if self.shipped is None:
            checked_on = mapping.get("reviewed_on") or mapping.get("review_by")
            unsaid |= {"version": 1, "checked_on": checked_on, "sources": []}
        status = {"status": "reviewed" if signed else self._statuses[0]}
        for key, value in (unsaid | {key: mapping.get(key) for key in mapping} | status).items():
            mapping[key] = value
            mapping.lines.setdefault(key, mapping.line)
        return super()._fields(mapping)

    def _article(
        self, fields: Fields, intro: Section, sections: tuple[Section, ...], digest: str
    ) -> Article:
        article = super()._article(fields, intro, sections, digest)
        if article.reviewed_on is not None and article.review_by <= article.reviewed_on:
            fields.fault("review_by", "'review_by' must come after 'reviewed_on'")
        return article

    def _sources(self, fields: Fields) -> tuple[str, ...]:
        if self.shipped is None and not fields.mapping.get("sources"):
            return ()
        return super()._sources(fields)

    def _needed_sections(self) -> tuple[str, ...]:
        kept = () if self.shipped is None else tuple(each.id for each in self.shipped.sections)
        return tuple(dict.fromkeys((*super()._needed_sections(), *kept)))


def lay_own(
    found: dict[Place, Article], own: OwnFolder, library: Library, faults: list[Fault]
) -> Iterator[Fault]:
    """Put every signed text of the folder in its place, and give those that wait for approval."""
    shipped = dict(found)
    local = {(each.language, each.id) for each in own.texts if _is_local(shipped, each)}
    for text in own.texts:
        article = _read(shipped, local, text, library, faults)
        if article is None:
            continue
        if article.is_signed:
            found[article.kind, article.id, article.language] = article
        else:
            yield Fault(text.path, 1, WAITS)


def _is_local(shipped: Mapping[Place, Article], text: OwnText) -> bool:
    english = (text.kind, text.id, FIRST_LANGUAGE)
    return text.kind == "pages" and english not in shipped


def _read(
    shipped: Mapping[Place, Article],
    local: set[tuple[str, str]],
    text: OwnText,
    library: Library,
    faults: list[Fault],
) -> Article | None:
    """Give one text; None, and a fault, for one that may not be there or is not whole."""
    before = len(faults)
    is_local = _is_local(shipped, text)
    if text.kind == "pages" and text.id in NEVER_REPLACED:
        faults.append(Fault(text.path, 1, OURS))
    elif not is_local and (text.kind, text.id, FIRST_LANGUAGE) not in shipped:
        why = f"no shipped text of {text.kind} has this name: only pages can be new"
        faults.append(Fault(text.path, 1, why))
    elif is_local and (FIRST_LANGUAGE, text.id) not in local:
        faults.append(Fault(text.path, 1, f"write this page in en/pages/{text.id}.md first"))
    if len(faults) > before:
        return None
    as_shipped = None if is_local else _shipped_as(shipped, text)
    article = OwnArticleFile(library, text, as_shipped, faults).article()
    if article is not None and as_shipped is not None:
        faults += (Fault(text.path, 1, why) for why in _softer(article, as_shipped))
    if article is None or len(faults) > before:
        return None
    return replace(article, own=True, kind=LOCAL if is_local else text.kind)


def _shipped_as(shipped: Mapping[Place, Article], text: OwnText) -> Article:
    """Give the shipped text in the same language, or in English."""
    spoken = shipped.get((text.kind, text.id, text.language))
    return spoken or shipped[text.kind, text.id, FIRST_LANGUAGE]


def _softer(own: Article, shipped: Article) -> Iterator[str]:
    """Tell where a text in the clinic's words says less on safety, or asks for more."""
    kept = [each for each in (shipped.intro, *shipped.sections) if _is_safety(each)]
    is_stretch = own.kind == "stretches"
    if own.language != shipped.language:
        if kept or is_stretch:
            yield "there is no shipped text in this language whose safety wording it could keep"
        return
    for section in kept:
        here = next((each for each in (own.intro, *own.sections) if each.id == section.id), section)
        if (here.title, here.html) != (section.title, section.html):
            place = (
                f"the section {section.id!r}" if section.id else "what stands before all sections"
            )
            yield f"{place} is safety wording: keep it word for word as shipped"
    if not is_stretch:
        return
    if (own.hold, own.repeats, own.times_a_day) != (
        shipped.hold,
        shipped.repeats,
        shipped.times_a_day,
    ):
        yield "hold, repeats and times_a_day go with the rules: keep them as shipped"
    if own.figures != shipped.figures:
        yield "figures go with the rules: keep them as shipped"


def _is_safety(section: Section) -> bool:
    return section.id in KEPT_SECTIONS or NUMBER_TO_CALL in section.html
