"""Reads every clinical table of `content/rules/`."""

from pathlib import Path

from clinic.errors import ContentFault
from clinic.library.overlays import FIRST_LANGUAGE
from clinic.library.regenerative import check_regenerative
from clinic.library.rules import check_rules
from clinic.library.scores import check_scores
from clinic.library.stretches import check_stretches
from clinic.triage.guidance import RuleBook


def read_rulebook(content: Path, language: str = FIRST_LANGUAGE) -> RuleBook:
    """Read the tables, with their words for patients in a language.

    Raises ContentFault with every fault of all of them.
    """
    red_flags, faults = check_rules(content, language)
    scores, of_scores = check_scores(content, language)
    stretches, of_stretches = check_stretches(content, language)
    faults += [*of_scores, *of_stretches]
    if red_flags is not None:
        regenerative, of_gate = check_regenerative(content, red_flags.named, language)
        faults += of_gate
        if scores and stretches and regenerative:
            return RuleBook(red_flags, scores, stretches, regenerative)
    raise ContentFault([str(fault) for fault in faults])
