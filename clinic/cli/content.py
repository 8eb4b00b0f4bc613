"""Commands about content: check, words, paths, questionnaire check."""

import argparse
import sys
from pathlib import Path
from typing import Any

from clinic.cli.files import read_response
from clinic.cli.tables import table
from clinic.config import utc_now
from clinic.errors import BadInput, UnknownRecord
from clinic.library.check import content_faults, unfinished
from clinic.library.claims import claims, due_lines
from clinic.library.overlay_files import english_overlay
from clinic.library.places import content_dir
from clinic.library.questionnaires import Questionnaires, check_questionnaire
from clinic.library.shelf import read_shelf
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.paths import Path as FormPath
from clinic.questionnaire.paths import longest_path, path

PLAIN = Path("examples") / "plain-back-pain.json"


def add_commands(commands: Any) -> None:
    """Add these commands to the parser."""
    check = commands.add_parser("check", help="check every file of content/")
    check.set_defaults(run=run_check)

    words = commands.add_parser("words", help="the English words of a file that a language gives")
    words.add_argument("file", help="the file within content/, such as rules/stretches.yaml")
    words.set_defaults(run=run_words)

    paths = commands.add_parser("paths", help="how long a questionnaire is")
    paths.add_argument("questionnaire", nargs="?", default="low-back-intake", metavar="ID")
    paths.set_defaults(run=run_paths)

    form = commands.add_parser("questionnaire", help="about FHIR R4 questionnaires")
    acts = form.add_subparsers(title="what to do", metavar="ACT", required=True)
    judged = acts.add_parser("check", help="is this a Questionnaire that is rendered whole?")
    judged.add_argument("files", nargs="+", type=Path, metavar="FILE")
    judged.set_defaults(run=run_questionnaire_check)


def run_check(given: argparse.Namespace) -> int:
    """Print every fault as `path:line: message`, 1 when there is one, and what is due."""
    del given
    faults = content_faults(content_dir())
    for fault in faults:
        print(fault)
    for line in unfinished(content_dir()):
        print(f"to translate, shown in English: {line}", file=sys.stderr)
    for line in [] if faults else _due():
        print(f"to look at again: {line}", file=sys.stderr)
    print(f"{len(faults)} faults in {content_dir()}", file=sys.stderr)
    return 1 if faults else 0


def run_words(given: argparse.Namespace) -> int:
    """Print the English of a file in the shape of an overlay, to be put into another language."""
    print(english_overlay(content_dir(), given.file), end="")
    return 0


def _due() -> list[str]:
    """Everything that is overdue for a review, or due soon; no fault of a file."""
    shelf = read_shelf(content_dir())
    return list(due_lines(claims(shelf.articles, shelf.book), utc_now().date()))


def run_paths(given: argparse.Namespace) -> int:
    """Print steps, legends and minutes of the shortest, plain and longest path."""
    questionnaire = _questionnaire(given.questionnaire)
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


def _questionnaire(questionnaire_id: str) -> Questionnaire:
    """Give a questionnaire by id. Raises BadInput that names the ids there are."""
    every = Questionnaires(content_dir())
    try:
        return every.current(questionnaire_id)
    except UnknownRecord:
        known = ", ".join(sorted({each.id for each in every}))
        why = f"There is no questionnaire {questionnaire_id!r}. There is: {known}."
        raise BadInput(why) from None


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
