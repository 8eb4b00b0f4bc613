"""What patients read: the stretches, the options and the pages, in each language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from clinic.errors import ContentFault, NotFound
from clinic.library.approvals import read_approvals, sign
from clinic.library.article import LOCAL, Article
from clinic.library.article_files import ArticleFile, Library
from clinic.library.faults import Fault
from clinic.library.overlays import FIRST_LANGUAGE, languages
from clinic.library.own_articles import Place, lay_own
from clinic.library.own_folder import OwnFolder
from clinic.library.sources import Sources, check_sources, sources_in

SAFETY_PAGES = frozenset({"advice", "after-hours", "consent", "next-steps", "safety-net"})
"""Pages that somebody's safety rests on: no language may lack one, or have an old one."""
MISSING = "this translation is missing: make it from the English of the same name"
OLD = "not made from the English as it stands: bring it up to date, then set"
KINDS = ("stretches", "options", "pages")


@dataclass(frozen=True)
class Articles:
    """All articles, by kind, id and language.

    `waiting` tells of the clinic's own texts that are not approved yet, and of approvals that
    hold no longer.
    """

    by_place: Mapping[Place, Article]
    waiting: tuple[Fault, ...] = ()

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

    def local(self, language: str = FIRST_LANGUAGE) -> tuple[Article, ...]:
        """Give the pages that the clinic alone has, in their order."""
        return self._all(LOCAL, language)

    def _all(self, kind: str, language: str) -> tuple[Article, ...]:
        ids = {article_id for each, article_id, _ in self.by_place if each == kind}
        found = [self.get(kind, article_id, language) for article_id in ids]
        return tuple(sorted(found, key=lambda article: (article.order, article.id)))


def read_articles(content_dir: Path, own: OwnFolder | None = None) -> Articles:
    """Read every article of every language; ContentFault with all faults if there is one.

    A translation that is old, and that no safety rests on, is left out: the English is shown.
    """
    articles, found = check_articles(content_dir, own)
    faults = [str(fault) for fault in found if not fault.unfinished]
    if faults:
        raise ContentFault(faults)
    return articles


def check_articles(content_dir: Path, own: OwnFolder | None = None) -> tuple[Articles, list[Fault]]:
    """Give the articles that can be read, and every fault of their files.

    `own` is the clinic's own folder: its texts and its approvals.
    """
    faults: list[Fault] = list(own.faults) if own else []
    drawings = frozenset(path.stem for path in (content_dir / "figures").glob("*.svg"))
    library = Library(content_dir, _sources(content_dir, own, faults), drawings)
    found: dict[Place, Article] = {}
    for language in languages(content_dir):
        for kind in KINDS:
            for path in sorted((content_dir / language / kind).glob("*.md")):
                article = ArticleFile(library, path, faults).article()
                if article is not None:
                    found[kind, article.id, language] = article
    waiting = list(lay_own(found, own, library, faults)) if own else []
    faults += _old_translations(found, content_dir, own)
    if own and own.approvals:
        waiting += _approve(found, *own.approvals, faults)
    return Articles(_with_english(found), tuple(waiting)), faults


def read_all_sources(content_dir: Path, own: OwnFolder | None) -> Sources:
    """Give the shipped citations with those of the clinic's own folder."""
    return _sources(content_dir, own, [])


def _sources(content_dir: Path, own: OwnFolder | None, faults: list[Fault]) -> Sources:
    sources, _ = check_sources(content_dir)
    if own is None or own.sources is None:
        return sources
    path, text = own.sources
    more, found = sources_in(text, path)
    sources, twice = sources.beside(more, path)
    faults += (*found, *twice)
    return sources


def _approve(
    found: dict[Place, Article], path: str, text: str, faults: list[Fault]
) -> Iterator[Fault]:
    """Sign the shipped texts that the clinic has approved, and tell of approvals of older ones."""
    approvals = read_approvals(path, text, faults)
    shipped = {each.file: each for each in found.values() if not each.own}
    replaced = {each.file: each for each in found.values() if each.own}
    for article, lapsed in sign(shipped, replaced, path, approvals, faults):
        found[article.kind, article.id, article.language] = article
        if lapsed is not None:
            yield lapsed


def _with_english(found: Mapping[Place, Article]) -> dict[Place, Article]:
    """Let each translation know the English that it was made from."""
    return {
        (kind, article_id, language): article
        if language == FIRST_LANGUAGE
        else replace(article, english=found[kind, article_id, FIRST_LANGUAGE])
        for (kind, article_id, language), article in found.items()
    }


def untranslated(
    articles: Articles, content_dir: Path, own: OwnFolder | None = None
) -> Iterator[Fault]:
    """Give what a language that has a folder has no article for; it is shown in English."""
    every = articles.by_place
    for language in languages(content_dir):
        for kind, article_id, tongue in every:
            if tongue == FIRST_LANGUAGE and (kind, article_id, language) not in every:
                english = every[kind, article_id, tongue]
                yield _of_translation(
                    content_dir, own, replace(english, language=language), MISSING
                )


def _old_translations(
    found: dict[Place, Article], content_dir: Path, own: OwnFolder | None
) -> list[Fault]:
    """Take out each translation that was not made from the English as it stands, and tell it."""
    faults = []
    for place, article in list(found.items()):
        kind, article_id, language = place
        english = found.get((kind, article_id, FIRST_LANGUAGE))
        digest = english.digest if english else None
        if language != FIRST_LANGUAGE and article.source_hash != digest:
            del found[place]
            why = f"{OLD} source_hash to {digest}"
            faults.append(_of_translation(content_dir, own, article, why))
    return faults


def _of_translation(
    content_dir: Path, own: OwnFolder | None, article: Article, message: str
) -> Fault:
    folder = own.root if own and article.own else content_dir.name
    is_safety = article.kind == "pages" and article.id in SAFETY_PAGES
    return Fault(f"{folder}/{article.file}", 1, message, unfinished=not is_safety)
