"""Everything wrong in the content folder, file by file and across files."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeVar

from clinic.errors import ContentFault
from clinic.library.articles import check_articles, untranslated
from clinic.library.catalogues import catalogue_faults
from clinic.library.demo import FOLDER as DEMO
from clinic.library.demo import read_demo
from clinic.library.demo_loop import LOOP, read_demo_loop
from clinic.library.demo_providers import DEMO_PROVIDERS, read_demo_providers
from clinic.library.destinations import check_destinations
from clinic.library.drawings import check_drawings
from clinic.library.faults import Fault
from clinic.library.logo import check_logo
from clinic.library.own_folder import OwnFolder
from clinic.library.questionnaires import check_questionnaire, questionnaire_paths
from clinic.library.rule_examples import check_rule_examples
from clinic.library.rule_links import link_faults, questions_of
from clinic.library.rulebook import read_rulebook
from clinic.library.sources import check_sources
from clinic.library.summaries import read_summary_plan
from clinic.library.translations import overlay_faults
from clinic.questionnaire.model import Questionnaire
from clinic.referral.destinations import DestinationTable
from clinic.referral.provider import Provider
from clinic.summary.lines import EMPTY_PLAN
from clinic.triage.guidance import RuleBook

SHIPPED = "low-back-intake"
READ_BY_THE_PROGRAM = frozenset({"age-years", "body-map"})
"""What the engine and the drawing of the body read."""
ANY_DAY = date(2026, 1, 1)
"""The demo counts its days back from the day that it is made on; for a check any day does."""

Found = TypeVar("Found")


def content_faults(content: Path, own: OwnFolder | None = None) -> list[str]:
    """Give every fault as `path:line: message`, files first, then what spans files.

    What of a translation is merely unfinished is no fault. `own` is the clinic's own folder.
    """
    faults: list[str] = []
    sources, found = check_sources(content)
    faults += map(str, found)
    articles, found = check_articles(content, own)
    faults += (str(each) for each in found if not each.unfinished)
    faults += (str(each) for each in untranslated(articles, content, own) if not each.unfinished)
    faults += map(str, check_drawings(content)[1])
    faults += map(str, check_logo(own.logo)[1]) if own and own.logo else ()
    forms: dict[str, Questionnaire] = {}
    for path in questionnaire_paths(content):
        form, found = check_questionnaire(path)
        faults += map(str, found)
        if form is not None:
            forms[form.id] = form
    book = _or_faults(lambda: read_rulebook(content), None, faults)
    plan = _or_faults(lambda: read_summary_plan(content), EMPTY_PLAN, faults)
    if SHIPPED in forms:
        rules = book.red_flags if book else None
        faults += map(str, check_rule_examples(content, forms[SHIPPED], rules)[1])
    if book is not None:
        destinations, found = check_destinations(content, book.red_flags)
        faults += map(str, found)
        if (content / DEMO).is_dir():
            _check_demo(content, forms.get(SHIPPED), destinations, faults)
        form = forms.get(SHIPPED)
        faults += map(str, link_faults(content, book, form, sources, destinations))
        if SHIPPED in forms:
            read = frozenset(plan.reads()) | questions_of(book)
            faults += _unread(content, forms[SHIPPED], read)
    overlaid = _overlaid(content, forms.get(SHIPPED), book)
    faults += (str(each) for each in overlaid if not each.unfinished)
    faults += (str(each) for each in catalogue_faults(content) if not each.unfinished)
    return faults


def unfinished(content: Path, own: OwnFolder | None = None) -> list[str]:
    """Give what other languages still lack, as `path:line: message`; it is shown in English."""
    form = check_questionnaire(content / "questionnaires" / f"{SHIPPED}.yaml")[0]
    book = _or_faults(lambda: read_rulebook(content), None, [])
    articles, old = check_articles(content, own)
    told = {each.path for each in old}
    missing = (each for each in untranslated(articles, content, own) if each.path not in told)
    lacking = (*old, *missing, *_overlaid(content, form, book))
    lacking = (*lacking, *catalogue_faults(content))
    return [str(each) for each in lacking if each.unfinished]


def _overlaid(content: Path, form: Questionnaire | None, book: RuleBook | None) -> Iterator[Fault]:
    return overlay_faults(content, form, book.red_flags if book else None)


def _check_demo(
    content: Path,
    form: Questionnaire | None,
    destinations: DestinationTable | None,
    faults: list[str],
) -> None:
    """Check the made-up people, the made-up directory, and what is done with both."""
    nobody: tuple[Provider, ...] = ()
    plan = None if form is None else _or_faults(lambda: read_demo(content, form), None, faults)
    if destinations is None or not (content / DEMO_PROVIDERS).exists():
        return
    services = [service.id for service in destinations.services]
    listed = _or_faults(lambda: read_demo_providers(content, services, ANY_DAY), nobody, faults)
    if plan is not None and listed and (content / LOOP).exists():
        _or_faults(lambda: read_demo_loop(content, plan, listed), None, faults)


def _or_faults(read: Callable[[], Found], otherwise: Found, faults: list[str]) -> Found:
    try:
        return read()
    except ContentFault as error:
        faults += error.faults
        return otherwise


def _unread(content: Path, form: Questionnaire, read: frozenset[str]) -> Iterator[str]:
    """Every question has somebody who reads it, or it is not asked."""
    for item in form.walk():
        if item.is_question and item.link_id not in read | READ_BY_THE_PROGRAM:
            where = content / "questionnaires" / f"{form.id}.yaml"
            yield f"{where}:1: no rule and no line of the summary reads {item.link_id!r}: drop it"
