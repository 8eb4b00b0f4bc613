"""A made-up week of 500 ordinary outpatients: how often each level is given and each rule fires.

    .venv/bin/python bench/week.py [--people N] [--seed N] [--habit TIMES] [--all-rules]
        [--classes] [--level RULE=LEVEL ...]

Who they are and how they answer stands in week.yaml, in words and numbers that a clinician can
change; made_up.py draws them. Every response is checked by the questionnaire's own rules, then
assessed by the rules that are shipped. `--habit 2` makes everybody tick signs twice as often;
`--level CES-1c=urgent_2wk` asks what would happen if a rule had another level.
"""

import argparse
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import sqrt
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.made_up import TODAY, Clinic, Person, read_assumptions
from clinic.library.places import content_dir
from clinic.library.questionnaires import read_questionnaire
from clinic.library.rules import read_rules
from clinic.questionnaire.checks import response_problems
from clinic.triage.assess import Assessment, assess
from clinic.triage.rules import RuleSet, Urgency

QUESTIONNAIRE = "low-back-intake"
PEOPLE = 500
SEED = 20261124
WIDTH = 100
SURE = 1.96
"""Standard errors on either side: 95 of 100 such weeks lie within."""
WOLF_FIRES = 0.02
WOLF_DECIDES = 0.005
WOLF_PEOPLE = 3
"""A rule cries wolf when it fires in more than 2 % of people who have nothing serious, asks for a
call today or more, and is alone at the top in more than 0.5 % and in 3 people or more: then it
alone brings the calls."""
LOUD = (Urgency.EMERGENCY_NOW, Urgency.SAME_DAY)
PLANNED = {
    Urgency.EMERGENCY_NOW: ("6.1 %", "4 %"),
    Urgency.SAME_DAY: ("18.4 %", "10 %"),
    Urgency.URGENT_2WK: ("18.9 %", ""),
}
"""The planning number that the rules were drafted with, and the aim."""


@dataclass
class RuleCount:
    """What one rule did: `serious` are those of its people who were drawn with a disease."""

    fired: int = 0
    alone: int = 0
    serious: int = 0
    fired_falsely: int = 0
    alone_falsely: int = 0


@dataclass
class Week:
    """What the rules said of a crowd."""

    people: int = 0
    levels: Counter[Urgency] = field(default_factory=Counter)
    given: Counter[tuple[str, Urgency]] = field(default_factory=Counter)
    missed: Counter[tuple[str, Urgency]] = field(default_factory=Counter)
    serious: int = 0
    incomplete: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    rules: dict[str, RuleCount] = field(default_factory=dict)

    def count(self, person: Person, found: Assessment) -> None:
        """Add one person."""
        self.people += 1
        self.levels[found.urgency] += 1
        self.kinds[person.kind] += 1
        self.serious += person.serious
        self.incomplete += found.incomplete
        self.given[person.kind, found.urgency] += 1
        if person.serious and found.urgency not in LOUD:
            self.missed[person.kind, found.urgency] += 1
        alone = len(found.leading) == 1
        for finding in found.findings:
            one = self.rules.setdefault(finding.rule_id, RuleCount())
            decides = alone and finding.urgency is found.urgency
            one.fired += 1
            one.alone += decides
            one.serious += person.serious
            one.fired_falsely += not person.serious
            one.alone_falsely += decides and not person.serious

    def cries_wolf(self, rules: RuleSet, rule_id: str) -> bool:
        """True of a loud rule that brings calls for nothing, by the limits above."""
        one = self.rules.get(rule_id, RuleCount())
        well = max(self.people - self.serious, 1)
        return (
            rules.rule(rule_id).urgency in LOUD
            and one.alone_falsely >= WOLF_PEOPLE
            and one.fired_falsely / well > WOLF_FIRES
            and one.alone_falsely / well > WOLF_DECIDES
        )


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The interval in which a share lies with 95 % certainty, for small counts too."""
    if not of:
        return 0.0, 1.0
    share, spread = hits / of, SURE**2 / of
    middle = share + spread / 2
    reach = SURE * sqrt(share * (1 - share) / of + SURE**2 / (4 * of**2))
    return max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread))


def made_up_week(count: int, seed: int, habit: float = 1) -> tuple[Clinic, list[Person]]:
    """Draw the people; `habit` makes everybody tick signs so many times as often."""
    questionnaire = read_questionnaire(content_dir() / "questionnaires" / f"{QUESTIONNAIRE}.yaml")
    assumed = read_assumptions()
    for one in (*assumed["habits"], *(k for k in assumed["classes"].values() if "habit" in k)):
        key = "times" if "times" in one else "habit"
        one[key] *= habit
    clinic = Clinic(questionnaire, assumed)
    return clinic, list(clinic.people(count, seed))


def assessed(clinic: Clinic, rules: RuleSet, people: Sequence[Person]) -> tuple[Week, float]:
    """Assess everybody; gives the counts, and the seconds that it took."""
    began = time.perf_counter()
    found = [assess(rules, clinic.questionnaire, one.response, today=TODAY) for one in people]
    took = time.perf_counter() - began
    week = Week()
    for person, assessment in zip(people, found, strict=True):
        week.count(person, assessment)
    return week, took


def with_levels(rules: RuleSet, changes: Sequence[str]) -> RuleSet:
    """The same rules, some with another level: each change is RULE=LEVEL."""
    told = dict(change.split("=", 1) for change in changes)
    for rule_id in told:
        rules.rule(rule_id)
    changed = (
        replace(one, urgency=Urgency(told[one.id])) if one.id in told else one
        for one in rules.rules
    )
    return replace(rules, rules=tuple(changed))


def faults(clinic: Clinic, people: Sequence[Person]) -> list[str]:
    """What the questionnaire would send back; there is nothing, or the draw is wrong."""
    return [
        f"{person.kind}: {problem.key}: {problem}"
        for person in people
        for problem in response_problems(clinic.questionnaire, person.response.answers, (), TODAY)
    ]


def percent(hits: int, of: int) -> str:
    """A share with its interval."""
    low, high = wilson(hits, of)
    return f"{hits / of:6.1%}  ({low:.1%} to {high:.1%})"


def print_levels(week: Week) -> None:
    print(f"\n{'level':16}{'people':>7}   share (95 % interval)     planned     aim")
    for urgency in Urgency:
        hits = week.levels[urgency]
        planned, aim = PLANNED.get(urgency, ("", ""))
        print(f"{urgency:16}{hits:7}   {percent(hits, week.people):24}{planned:>9}{aim:>8}")
    print(f"{'incomplete':16}{week.incomplete:7}   {percent(week.incomplete, week.people)}")
    caught = week.serious - week.missed.total()
    print(f"serious disease drawn: {week.serious}, of them told today or now: {caught}")
    for (kind, level), number in sorted(week.missed.items()):
        print(f"  {number} with {kind}: {level}")


def print_kinds(week: Week) -> None:
    print(f"\n{'class':46}{'people':>7}{'now':>8}{'today':>8}{'2 weeks':>9}")
    for kind, number in week.kinds.most_common():
        shares = [week.given[kind, level] / number for level in (*LOUD, Urgency.URGENT_2WK)]
        print(f"{kind:46}{number:7}{shares[0]:8.1%}{shares[1]:8.1%}{shares[2]:9.1%}")


def print_rules(week: Week, rules: RuleSet, every: bool) -> None:
    print("\nfired: of all; alone: it alone gave the level; serious: drawn with a disease")
    print(f"{'rule':9}{'level':16}{'fired':>7}{'share':>8}{'alone':>7}{'share':>8}{'serious':>9}")
    order = sorted(
        (rule for rule in rules.rules if rule.id in week.rules),
        key=lambda rule: (
            rule.urgency.rank if rule.urgency else len(Urgency),
            -week.rules[rule.id].fired,
        ),
    )
    for rule in order:
        one = week.rules[rule.id]
        if not every and rule.urgency not in (*LOUD, Urgency.URGENT_2WK):
            continue
        mark = "  cries wolf" if week.cries_wolf(rules, rule.id) else ""
        print(
            f"{rule.id:9}{rule.urgency or 'note':16}{one.fired:7}{one.fired / week.people:8.1%}"
            f"{one.alone:7}{one.alone / week.people:8.1%}{one.serious:9}{mark}"
        )
    silent = [rule.id for rule in rules.rules if rule.id not in week.rules]
    print(f"silent in this crowd: {len(silent)} of {len(rules.rules)} rules")
    if every:
        print(textwrap.fill(", ".join(silent), WIDTH, break_on_hyphens=False))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--habit", type=float, default=1, help="times as many ticks")
    parser.add_argument("--all-rules", action="store_true", help="routine rules and notes too")
    parser.add_argument("--classes", action="store_true", help="the levels of each class")
    parser.add_argument("--level", action="append", default=[], metavar="RULE=LEVEL")
    given = parser.parse_args()
    began = time.perf_counter()
    rules = read_rules(content_dir())
    clinic, people = made_up_week(given.people, given.seed, given.habit)
    wrong = faults(clinic, people)
    if wrong:
        raise SystemExit("\n".join(wrong))
    week, took = assessed(clinic, rules, people)
    print("Made-up people, drawn from our own assumptions (bench/week.yaml). No patient data.")
    print(
        f"{week.people} people of {len(week.kinds)} classes, seed {given.seed}, all responses valid"
    )
    print(f"rules {rules.version} {rules.hash[:12]}")
    print_levels(week)
    if given.level:
        print(f"\nthe same people, if {', '.join(given.level)}:")
        print_levels(assessed(clinic, with_levels(rules, given.level), people)[0])
    if given.classes:
        print_kinds(week)
    print_rules(week, rules, given.all_rules)
    print(f"\nassessed {week.people / took:.0f} a second, {took / week.people * 1000:.1f} ms each")
    print(f"drawing, checking, assessing: {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
