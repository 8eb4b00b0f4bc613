"""Markdown with named sections: `## Heading text {#id}`. Raw HTML is shown as text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from clinic.library.faults import Fault

HEADING = re.compile(r"(?P<title>.+?)\s*\{#(?P<id>[a-z][a-z0-9-]*)\}")
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


class ForeignHtml(str):
    """HTML in another language than it was asked for, which the page must name."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, html: str, language: str) -> "ForeignHtml":
        """Give the HTML with its language."""
        made = super().__new__(cls, html)
        made.language = language
        return made


@dataclass(frozen=True)
class Section:
    """One part of an article: HTML for pages, plain text and list items for print."""

    id: str
    title: str
    html: str
    text: str
    items: tuple[str, ...]


def read_sections(
    body: str, path: str, first_line: int, faults: list[Fault]
) -> tuple[Section, tuple[Section, ...]]:
    """Split Markdown at its second-level headings: what stands before them, and the sections.

    What stands before the first heading is a section with neither id nor title.
    """
    tokens = MARKDOWN.parse(body)
    starts = [place for place, token in enumerate(tokens) if token.type == "heading_open"]
    intro = _section("", "", tokens[: starts[0] if starts else len(tokens)])
    sections: dict[str, Section] = {}
    ends = [*starts[1:], len(tokens)][: len(starts)]
    for start, end in zip(starts, ends, strict=True):
        line = first_line + (tokens[start].map or [0])[0]
        heading = HEADING.fullmatch(tokens[start + 1].content)
        if tokens[start].tag != "h2" or heading is None:
            message = "write headings as `## Heading text {#id}`"
        elif heading["id"] in sections:
            message = f"the id {heading['id']!r} stands here a second time: choose another"
        else:
            section = _section(heading["id"], heading["title"], tokens[start + 3 : end])
            sections[section.id] = section
            continue
        faults.append(Fault(path, line, message))
    return intro, tuple(sections.values())


def _section(id: str, title: str, tokens: Sequence[Token]) -> Section:  # noqa: A002
    return Section(
        id=id,
        title=title,
        html=MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}).strip(),
        text="\n".join(_plain(token) for token in tokens if token.type == "inline"),
        items=tuple(_items(tokens)),
    )


def _items(tokens: Sequence[Token]) -> list[str]:
    found: list[list[str]] = []
    for token in tokens:
        if token.type == "list_item_open" and token.level == 1:
            found.append([])
        elif token.type == "inline" and token.level > 1 and found:
            found[-1].append(_plain(token))
    return [" ".join(parts) for parts in found]


def _plain(token: Token) -> str:
    kept = (
        " " if child.type in {"softbreak", "hardbreak"} else child.content
        for child in token.children or []
    )
    return "".join(kept)
