"""Commands about content: check, rules, paths, questionnaire check."""

import argparse
import sys
from pathlib import Path
from typing import Any

from clinic.cli.files import read_response
from clinic.cli.tables import table
from clinic.library.check import content_faults
from clinic.library.places import content_dir
from clinic.library.questionnaires import Questionnaires, check_questionnaire
from clinic.library.rules import read_rules
from clinic.questionnaire.paths import Path as FormPath
from clinic.questionnaire.paths import longest_path, path
from clinic.triage.rules import Rule

PLAIN = Path("examples") / "plain-back-pain.json"


def add_commands(commands: Any) -> None:
    """Add these commands to the parser."""
    check = commands.add_parser("check", help="check every file of content/")
    check.set_defaults(run=run_check)

    rules = commands.add_parser("rules", help="print the rules of the safety screen")
    rules.add_argument("--unreviewed", action="store_true", help="only what nobody has signed")
    rules.set_defaults(run=run_rules)

    paths = commands.add_parser("paths", help="how long a questionnaire is")
    paths.add_argument("questionnaire", nargs="?", default="low-back-intake", metavar="ID")
    paths.set_defaults(run=run_paths)

    form = commands.add_parser("questionnaire", help="about FHIR R4 questionnaires")
    acts = form.add_subparsers(title="what to do", metavar="ACT", required=True)
    judged = acts.add_parser("check", help="is this a Questionnaire that is rendered whole?")
    judged.add_argument("files", nargs="+", type=Path, metavar="FILE")
    judged.set_defaults(run=run_questionnaire_check)


def run_check(given: argparse.Namespace) -> int:
    """Print every fault as `path:line: message`; 1 when there is one."""
    del given
    faults = content_faults(content_dir())
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults in {content_dir()}", file=sys.stderr)
    return 1 if faults else 0


def run_rules(given: argparse.Namespace) -> int:
    """Print the rule table: id, level, what it reads, words, source, review."""
    rules = read_rules(content_dir())
    chosen = [rule for rule in rules.rules if not (given.unreviewed and rule.reviewed_by)]
    print(f"Red-flag rules {rules.version}, hash {rules.hash[:12]}, awaiting clinical review")
    print(
        table(
            ("rule", "level", "flag", "words for staff", "reads", "source", "review"),
            [_row(rule) for rule in chosen],
        )
    )
    for quiet in rules.quiet:
        print(f"{quiet.id}: does not fire. {quiet.staff}")
    print(f"{len(chosen)} of {len(rules.rules)} rules")
    return 0


def _row(rule: Rule) -> tuple[str, ...]:
    signed = f"{rule.reviewed_by} {rule.reviewed_on}" if rule.reviewed_by else "not signed"
    return (
        rule.id,
        rule.urgency or "note",
        " ".join(rule.flags) or "-",
        rule.staff,
        " ".join(sorted(rule.reads)),
        " ".join(rule.source),
        f"{signed}, due {rule.review_by}",
    )


def run_paths(given: argparse.Namespace) -> int:
    """Print steps, legends and minutes of the shortest, plain and longest path."""
    questionnaire = Questionnaires(content_dir()).get(given.questionnaire)
    found = [path(questionnaire, "shortest", {})]
    example = content_dir() / PLAIN
    if questionnaire.id == "low-back-intake" and example.is_file():
        plain = read_response(example)[1]
        found.append(path(questionnaire, "plain back pain", plain.answers))
    found.append(longest_path(questionnaire))
    print(table(("path", "steps", "legends", "minutes"), [_length(each) for each in found]))
    for step in found[1].steps:
        print(f"  {step.step_id}: {step.questions} legends, {step.seconds} s ({found[1].name})")
    return 0


def _length(found: FormPath) -> tuple[str, ...]:
    return found.name, str(len(found.steps)), str(found.questions), f"{found.minutes:.1f}"


def run_questionnaire_check(given: argparse.Namespace) -> int:
    """Say of each file that it is rendered whole, or name what is not supported."""
    bad = 0
    for file in given.files:
        questionnaire, faults = check_questionnaire(file)
        if questionnaire is not None and not faults:
            print(f"{file}: rendered whole, {len(questionnaire.steps)} steps")
            continue
        bad += 1
        for fault in faults:
            print(fault)
    return 1 if bad else 0
