"""Reads every clinical table of `content/rules/`."""

from pathlib import Path

from clinic.library.regenerative import read_regenerative
from clinic.library.rules import read_rules
from clinic.library.scores import read_scores
from clinic.library.stretches import read_stretches
from clinic.triage.guidance import RuleBook


def read_rulebook(content: Path) -> RuleBook:
    """Read the tables. Raises ContentFault with every fault of the first that has some."""
    red_flags = read_rules(content)
    return RuleBook(
        red_flags=red_flags,
        scores=read_scores(content),
        stretches=read_stretches(content),
        regenerative=read_regenerative(content, red_flags.named),
    )
