"""What patients read: the stretches, the options and the pages, in each language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from clinic.errors import ContentFault, NotFound
from clinic.library.article import Article
from clinic.library.article_files import ArticleFile, Library
from clinic.library.faults import Fault
from clinic.library.overlays import FIRST_LANGUAGE, languages
from clinic.library.sources import check_sources

SAFETY_PAGES = frozenset({"advice", "after-hours", "consent", "next-steps", "safety-net"})
"""Pages that somebody's safety rests on: no language may lack one, or have an old one."""
MISSING = "this translation is missing: make it from the English of the same name"
OLD = "not made from the English as it stands: bring it up to date, then set"
KINDS = ("stretches", "options", "pages")


@dataclass(frozen=True)
class Articles:
    """All articles, by kind, id and language."""

    by_place: Mapping[tuple[str, str, str], Article]

    def __iter__(self) -> Iterator[Article]:
        """Go through all articles in all languages."""
        return iter(self.by_place.values())

    def get(self, kind: str, article_id: str, language: str = FIRST_LANGUAGE) -> Article:
        """Give an article in a language, or in English where it is not translated.

        The article's own `language` tells which it is. NotFound when there is neither.
        """
        for tongue in (language, FIRST_LANGUAGE):
            found = self.by_place.get((kind, article_id, tongue))
            if found is not None:
                return found if tongue == language else found.as_foreign()
        raise NotFound(f"There is no article {article_id!r} among the {kind}.")

    def stretches(self, language: str = FIRST_LANGUAGE) -> tuple[Article, ...]:
        """Give the stretches in their order."""
        return self._all("stretches", language)

    def options(self, language: str = FIRST_LANGUAGE) -> tuple[Article, ...]:
        """Give the options that have a label of facts, in their order."""
        return tuple(each for each in self._all("options", language) if each.facts)

    def page(self, page_id: str, language: str = FIRST_LANGUAGE) -> Article:
        """Give a page by its id."""
        return self.get("pages", page_id, language)

    def _all(self, kind: str, language: str) -> tuple[Article, ...]:
        ids = {article_id for each, article_id, _ in self.by_place if each == kind}
        found = [self.get(kind, article_id, language) for article_id in ids]
        return tuple(sorted(found, key=lambda article: (article.order, article.id)))


def read_articles(content_dir: Path) -> Articles:
    """Read every article of every language; ContentFault with all faults if there is one.

    A translation that is old, and that no safety rests on, is left out: the English is shown.
    """
    articles, found = check_articles(content_dir)
    faults = [str(fault) for fault in found if not fault.unfinished]
    if faults:
        raise ContentFault(faults)
    return articles


def check_articles(content_dir: Path) -> tuple[Articles, list[Fault]]:
    """Give the articles that can be read, and every fault of their files."""
    sources, _ = check_sources(content_dir)
    drawings = frozenset(path.stem for path in (content_dir / "figures").glob("*.svg"))
    library = Library(content_dir, sources, drawings)
    faults: list[Fault] = []
    found: dict[tuple[str, str, str], Article] = {}
    for language in languages(content_dir):
        for kind in KINDS:
            for path in sorted((content_dir / language / kind).glob("*.md")):
                article = ArticleFile(library, path, faults).article()
                if article is not None:
                    found[kind, article.id, language] = article
    faults += _old_translations(found, content_dir)
    return Articles(found), faults


def untranslated(articles: Articles, content_dir: Path) -> Iterator[Fault]:
    """Give what a language that has a folder has no article for; it is shown in English."""
    every = articles.by_place
    for language in languages(content_dir):
        for kind, article_id, tongue in every:
            if tongue == FIRST_LANGUAGE and (kind, article_id, language) not in every:
                yield _of_translation(content_dir, (kind, article_id, language), MISSING)


def _old_translations(found: dict[tuple[str, str, str], Article], content_dir: Path) -> list[Fault]:
    """Take out each translation that was not made from the English as it stands, and tell it."""
    faults = []
    for place, article in list(found.items()):
        kind, article_id, language = place
        english = found.get((kind, article_id, FIRST_LANGUAGE))
        digest = english.digest if english else None
        if language != FIRST_LANGUAGE and article.source_hash != digest:
            del found[place]
            faults.append(_of_translation(content_dir, place, f"{OLD} source_hash to {digest}"))
    return faults


def _of_translation(content_dir: Path, place: tuple[str, str, str], message: str) -> Fault:
    kind, article_id, language = place
    path = f"{content_dir.name}/{language}/{kind}/{article_id}.md"
    is_safety = kind == "pages" and article_id in SAFETY_PAGES
    return Fault(path, 1, message, unfinished=not is_safety)
