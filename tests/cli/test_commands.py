"""The commands do what their help says, and tell scripts how it went."""

import json
from pathlib import Path

import pytest

from clinic.cli import main
from clinic.config import load_settings
from clinic.library.places import content_dir
from clinic.store import intakes, staff
from clinic.store.database import open_database
from tests.make import NOW
from tests.store.kept import send

EXAMPLES = content_dir() / "examples"
CASES = Path(__file__).parent.parent / "questionnaire" / "cases"


@pytest.fixture(autouse=True)
def clinic_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings that name a data folder and a key file of this test's own."""
    monkeypatch.setenv("CLINIC_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CLINIC_KEY_FILE", str(tmp_path / "keys" / "clinic.key"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def test_without_a_command_the_help_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "commands" in capsys.readouterr().out


def test_a_command_that_is_not_there_is_a_usage_error() -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["rumble"])

    assert stopped.value.code == 2


def test_the_shipped_content_has_no_faults() -> None:
    assert main(["check"]) == 0


def test_the_rule_table_names_every_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0

    printed = capsys.readouterr().out
    assert "CES-1 " in printed
    assert "does not fire" in printed


def test_unreviewed_rules_are_all_of_them_until_somebody_signs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["rules", "--unreviewed"]) == 0
    assert "139 of 139 rules" in capsys.readouterr().out


def test_an_approval_has_the_day_of_the_clinic(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    days = []
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):  # 26 hours apart: never on the same day
        monkeypatch.setenv("CLINIC_TIME_ZONE", zone)
        assert main(["approval", "en/pages/privacy.md", "--by", "Ann Lee, MD"]) == 0
        days.append(capsys.readouterr().out.partition("reviewed_on: ")[2][:10])

    assert days[0] > days[1]


def test_plain_back_pain_takes_at_most_twenty_steps_and_fifteen_minutes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["paths"]) == 0

    row = next(
        line for line in capsys.readouterr().out.splitlines() if line.startswith("plain back pain")
    )
    steps, _, minutes = row.removeprefix("plain back pain").split()
    assert int(steps) <= 20
    assert float(minutes) <= 15


@pytest.mark.parametrize(
    ("example", "urgency"), [("plain-back-pain", "self_care"), ("emergency", "emergency_now")]
)
def test_an_example_is_assessed(
    example: str, urgency: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assess", str(EXAMPLES / f"{example}.json"), "--today", "2026-11-23"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["urgency"] == urgency
    assert found["incomplete"] is False
    assert {"flags", "findings", "scores", "stretches"} <= set(found)


def test_a_file_that_is_no_json_is_told_with_its_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("not json", encoding="utf-8")

    assert main(["assess", str(wrong)]) == 1
    assert "is not JSON" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assess", "nowhere.json"]) == 1
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("edition", [pytest.param("patient", marks=pytest.mark.proof), "clinic"])
def test_a_summary_is_made_without_a_database(tmp_path: Path, edition: str) -> None:
    """The patient's edition is a proof; in each run the clinic's goes the same way."""
    paper = tmp_path / "out.pdf"

    code = main(
        ["summary", str(EXAMPLES / "emergency.json"), "-o", str(paper), "--edition", edition]
    )

    assert code == 0
    assert paper.read_bytes().startswith(b"%PDF-")
    assert not (tmp_path / "data").exists()


def test_a_questionnaire_that_is_rendered_whole_passes() -> None:
    assert main(["questionnaire", "check", str(next(CASES.glob("boolean*.yaml")))]) == 0


def test_a_questionnaire_that_is_not_names_what_is_not_supported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = tmp_path / "form.json"
    form.write_text(
        json.dumps(
            {
                "resourceType": "Questionnaire",
                "status": "draft",
                "item": [{"linkId": "scan", "type": "attachment", "text": "Your scan"}],
            }
        ),
        encoding="utf-8",
    )

    assert main(["questionnaire", "check", str(form)]) == 1
    assert "scan" in capsys.readouterr().out


def test_without_a_key_file_nothing_starts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["intakes", "--json"]) == 3
    assert "key" in capsys.readouterr().err


def test_a_key_file_is_made_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "new"]) == 0
    assert main(["keys", "status"]) == 0
    assert "in use" in capsys.readouterr().out
    assert main(["keys", "new"]) == 1


def test_no_key_file_is_made_inside_the_data_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", "new", str(tmp_path / "data" / "k.key")]) == 1
    assert "data folder" in capsys.readouterr().err


def test_people_are_added_reset_and_disabled(capsys: pytest.CaptureFixture[str]) -> None:
    main(["keys", "new"])

    assert main(["staff", "add", "sam", "--name", "Sam Lee", "--role", "clinician"]) == 0
    assert "shown once" in capsys.readouterr().out
    assert main(["staff", "add", "sam", "--name", "Sam Two", "--role", "clinician"]) == 1
    assert main(["staff", "reset", "sam"]) == 0
    assert main(["staff", "reset", "sam", "--second-step"]) == 0
    assert "It works for 72 hours" in capsys.readouterr().out
    assert main(["staff", "disable", "sam"]) == 0
    assert main(["staff", "disable", "nobody"]) == 1


def test_patients_of_somebody_who_was_disabled_are_anybodys_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["keys", "new"])
    main(["staff", "add", "sam", "--name", "Sam Lee", "--role", "clinician"])
    with open_database(load_settings()) as database, database.writing() as tx:
        sam, intake_id = staff.by_username(tx, "sam"), send(tx).id
        version = intakes.facts(tx, intake_id).version
        intakes.take(tx, intake_id, owner_id=sam.id, version=version, now=NOW)

    assert main(["staff", "disable", "sam"]) == 0

    assert "anybody may take again: 1." in capsys.readouterr().out
    with open_database(load_settings()) as database, database.reading() as tx:
        assert intakes.facts(tx, intake_id).owner_id is None


def test_an_empty_clinic_lists_nothing_and_verifies(capsys: pytest.CaptureFixture[str]) -> None:
    main(["keys", "new"])
    main(["staff", "add", "sam", "--name", "Sam Lee", "--role", "clinician"])
    capsys.readouterr()

    assert main(["intakes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["work", "--once"]) == 0
    assert main(["verify"]) == 0


def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLINIC_PAPER", "parchment")

    assert main(["keys", "status"]) == 3
    assert "CLINIC_PAPER" in capsys.readouterr().err
