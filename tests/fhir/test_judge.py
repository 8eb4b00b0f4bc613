"""Another implementer's judge finds our responses valid and fit for their questionnaires.

The judge is a Node program with packages of its own. It is found beside the checkout, or in
the folder that FHIR_JUDGE names, once `npm install` was run there.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from clinic.fhir.response import response_to_json
from clinic.fhir.text import dumps
from clinic.library.lined_yaml import read_mapping
from clinic.library.places import content_dir
from clinic.library.questionnaires import read_questionnaire
from clinic.questionnaire.checks import response_problems
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Answer, Response
from tests.fhir.corpus import ROOT
from tests.make import TODAY
from tests.strategies import answers_for

JUDGE = Path(os.environ.get("FHIR_JUDGE") or ROOT.parent / "shared" / "judges" / "fhir")
NODE = shutil.which("node")
CASES = sorted((Path(__file__).parents[1] / "questionnaire" / "cases").glob("*.yaml"))
SHIPPED = content_dir() / "questionnaires" / "low-back-intake.yaml"

pytestmark = pytest.mark.skipif(
    not (NODE and (JUDGE / "node_modules").is_dir()),
    reason="the FHIR judge is not installed: name its folder in FHIR_JUDGE, with node_modules",
)


def judged(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [str(NODE), str(JUDGE / "judge.mjs"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def written_form(path: Path, folder: Path) -> Path:
    """The content file as the JSON that FHIR wants."""
    target = folder / f"{path.stem}.json"
    text = dumps(read_mapping(path.read_text(encoding="utf-8"), path.name, []))
    target.write_text(text, encoding="utf-8")
    return target


def with_plain_spaces(answer: Answer) -> Answer:
    """JavaScript counts a no-break space as white space where FHIR's own validator does not."""
    return tuple(
        re.sub(r"[^\S \r\n\t]|\ufeff", "-", value) if isinstance(value, str) else value
        for value in answer
    )


def written_responses(form: Questionnaire, folder: Path, count: int) -> list[Path]:
    """Responses with any valid answers, completed where nothing is left to mend."""
    written: list[Path] = []

    @seed(7)
    @settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(answers_for(form, shown_only=True))
    def write(answers):
        answers = {key: with_plain_spaces(answer) for key, answer in answers.items()}
        whole = not response_problems(form, answers, today=TODAY)
        status = "completed" if whole else "in-progress"
        resource = response_to_json(form, Response(answers=answers), status=status)
        target = folder / f"{form.id}.{len(written)}.response.json"
        target.write_text(dumps(resource), encoding="utf-8")
        written.append(target)

    write()
    return written


def test_the_shipped_form_and_every_case_are_valid_fhir(tmp_path):
    forms = [written_form(path, tmp_path) for path in [SHIPPED, *CASES]]

    verdict = judged(*forms)

    assert verdict.returncode == 0, verdict.stdout


def test_responses_to_the_shipped_form_are_valid_and_fit_it(tmp_path):
    responses = written_responses(read_questionnaire(SHIPPED), tmp_path, 12)

    verdict = judged("--q", written_form(SHIPPED, tmp_path), *responses)

    assert verdict.returncode == 0, verdict.stdout


def test_responses_to_every_case_are_valid_and_fit_it(tmp_path):
    forms = [written_form(path, tmp_path) for path in CASES]
    responses = [
        response
        for path in CASES
        for response in written_responses(read_questionnaire(path), tmp_path, 4)
    ]

    verdict = judged(*[part for form in forms for part in ("--q", form)], *responses)

    assert verdict.returncode == 0, verdict.stdout


def test_the_judge_would_find_an_answer_of_the_wrong_type(tmp_path):
    form = next(path for path in CASES if path.stem == "integer")
    wrong = tmp_path / "wrong.json"
    resource = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{read_questionnaire(form).url}|1",
        "status": "completed",
        "item": [{"linkId": "page", "item": [{"linkId": "nobody"}]}],
    }
    wrong.write_text(dumps(resource), encoding="utf-8")

    assert judged("--q", written_form(form, tmp_path), wrong).returncode == 1
