"""A questionnaire as one language asks it: a scale without a text in that language is left out."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from clinic.marked import marked
from clinic.questionnaire.model import Item, Questionnaire
from clinic.questionnaire.response import Answer

NAMES: Mapping[str, str] = {"en": marked("English"), "es": marked("Spanish")}
MOST_REMEMBERED = 300
"""Each is some 30 kB, and each set of answered questions makes another: 20 make a million."""


def asked_in(
    questionnaire: Questionnaire, language: str, answers: Mapping[str, Answer]
) -> Questionnaire:
    """Give the form without what a language does not ask.

    What was answered before, in another language, stays; it can only be read.
    """
    whole = questionnaire.whole or questionnaire
    missing = frozenset(whole.left_out.get(language, ()))
    if not missing:
        return whole
    below = [
        item.link_id
        for link_id in missing
        if link_id in whole.by_link_id
        for item in whole.by_link_id[link_id].walk()
    ]
    kept = frozenset(link_id for link_id in below if _is_answered(link_id, answers))
    spoken = whole.spoken.get((language, kept))
    if spoken is None:
        if len(whole.spoken) >= MOST_REMEMBERED:
            whole.spoken.clear()
        items = tuple(_without(whole.items, missing, kept))
        spoken = whole.spoken[language, kept] = replace(whole, items=items, whole=whole)
    return spoken


def not_asked(questionnaire: Questionnaire) -> frozenset[str]:
    """Give what its language leaves out of this form, as far as nobody answered it before."""
    whole = questionnaire.whole or questionnaire
    return frozenset(whole.by_link_id.keys() - questionnaire.by_link_id.keys())


def language_name(language: str) -> str:
    """Give the English name of a language, for staff."""
    return NAMES.get(language, language)


def _is_answered(link_id: str, answers: Mapping[str, Answer]) -> bool:
    return link_id in answers or any(key.endswith(f".{link_id}") for key in answers)


def _without(
    items: tuple[Item, ...], missing: Collection[str], kept: Collection[str], *, out: bool = False
) -> Iterator[Item]:
    """Leave out what is missing, with everything below it but what was answered."""
    for item in items:
        is_out = out or item.link_id in missing
        below = tuple(_without(item.items, missing, kept, out=is_out))
        if not is_out:
            yield replace(item, items=below) if below != item.items else item
        elif item.link_id in kept:
            yield replace(item, read_only=True)
        elif below:
            yield replace(item, items=below)
