"""How far each language is: overlays that are missing, old or wrong, as faults of their files."""

from collections.abc import Collection, Iterator
from pathlib import Path

from clinic.library.articles import Articles, untranslated
from clinic.library.faults import Fault
from clinic.library.lined_yaml import read_mapping
from clinic.library.marked_yaml import LinedMap
from clinic.library.overlays import FIRST_LANGUAGE, check_overlay, languages
from clinic.library.questionnaires import Questionnaires, questionnaire_paths
from clinic.library.rules import RED_FLAGS
from clinic.library.texts import text_of
from clinic.library.wordings import QUESTIONNAIRES, WORDINGS
from clinic.questionnaire.model import Questionnaire
from clinic.triage.rules import RuleSet, Urgency

SHIPPED = "low-back-intake"


def unsafe_languages(
    content: Path, articles: Articles, questionnaires: Questionnaires, rules: RuleSet
) -> dict[str, str]:
    """Give each language in which a text of safety is missing or old, with the first of them.

    No such language may be offered.
    """
    form = next((each for each in questionnaires if each.id == SHIPPED), None)
    faults = (*untranslated(articles, content), *overlay_faults(content, form, rules))
    found: dict[str, str] = {}
    for fault in faults:
        if not fault.unfinished:
            language = Path(fault.path).parts[1]
            found.setdefault(language, str(fault))
    return found


def overlay_faults(
    content: Path, form: Questionnaire | None, rules: RuleSet | None
) -> Iterator[Fault]:
    """Give what is to be mended in every language.

    `form` is the shipped questionnaire. Safety rests on the words of the red-flag rules, and on
    the questions of the emergency rules with everything that stands below them.
    """
    asked = questions_of_safety(rules) if rules else frozenset()
    emergency = _with_all_below(form, _emergency_questions(rules)) if form and rules else ()
    for language in languages(content):
        if language == FIRST_LANGUAGE:
            continue
        for name, english in _english(content):
            if name == RED_FLAGS.as_posix():
                yield from check_overlay(content, language, name, english)[1]
            elif form is not None and Path(name).stem == form.id and _is_form(name):
                yield from check_overlay(content, language, name, english, emergency, asked)[1]
            else:
                yield from check_overlay(content, language, name, english, ())[1]


def questions_of_safety(rules: RuleSet) -> frozenset[str]:
    """Give the questions that a rule with an urgency reads: no language leaves one out."""
    return frozenset().union(*(rule.reads for rule in rules.rules if rule.urgency is not None))


def _emergency_questions(rules: RuleSet) -> frozenset[str]:
    urgent = (rule for rule in rules.rules if rule.urgency is Urgency.EMERGENCY_NOW)
    return frozenset().union(*(rule.reads for rule in urgent))


def _with_all_below(form: Questionnaire, link_ids: Collection[str]) -> frozenset[str]:
    tops = (form.by_link_id[link_id] for link_id in link_ids if link_id in form.by_link_id)
    return frozenset(item.link_id for top in tops for item in top.walk())


def _english(content: Path) -> Iterator[tuple[str, LinedMap]]:
    """Give the English of every file that has words to lay over; unreadable ones tell elsewhere."""
    named = [path for path in questionnaire_paths(content) if path.suffix != ".json"]
    for path in (*named, *(content / name for name in WORDINGS)):
        if path.is_file():
            mapping = read_mapping(text_of(path), str(path), [])
            if mapping is not None:
                yield path.relative_to(content).as_posix(), mapping


def _is_form(name: str) -> bool:
    return name.startswith(f"{QUESTIONNAIRES}/")
