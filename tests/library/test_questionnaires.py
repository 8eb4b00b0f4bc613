"""The forms of the content folder, and where in a file a fault stands."""

from pathlib import Path

import pytest

from clinic.errors import ContentFault, UnknownRecord
from clinic.library.places import content_dir
from clinic.library.questionnaires import Questionnaires, check_questionnaire, read_questionnaire

GOOD = """\
resourceType: Questionnaire
id: tiny
url: https://clinic-intake.example/fhir/Questionnaire/tiny
version: "1"
status: draft
title: A tiny form
item:
  - linkId: page
    type: group
    text: One page
    item:
      - linkId: pain-now
        type: integer
        text: How bad is it?
        required: true
        maxLength: 3
"""


def faults(folder: Path, text: str, name: str = "tiny.yaml") -> list[str]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    _, found = check_questionnaire(path)
    return [str(fault).replace(f"{folder}/", "") for fault in found]


def test_a_wrong_key_is_told_with_file_line_and_mend(tmp_path):
    wrong = GOOD.replace("required:", "requird:").replace("        maxLength: 3\n", "")

    (fault,) = faults(tmp_path, wrong)

    assert fault.startswith("tiny.yaml:15: pain-now: 'requird' is not an element of an item")
    assert fault.endswith("is it meant to be 'required'?")


def test_a_wrong_value_is_told_where_it_stands(tmp_path):
    assert faults(tmp_path, GOOD) == [
        "tiny.yaml:12: pain-now: maxLength does not fit a integer question"
    ]
    assert faults(tmp_path, GOOD.replace("true", '"yes"').replace("maxLength: 3", "")) == [
        "tiny.yaml:15: pain-now: required: text is not true or false"
    ]


def test_every_fault_is_told_in_the_order_of_the_lines(tmp_path):
    wrong = GOOD.replace("integer", "number").replace("type: group", "type: grp")

    assert [fault.split(":")[1] for fault in faults(tmp_path, wrong)] == ["9", "13"]


def test_a_fault_in_json_has_its_line_too(tmp_path):
    text = (
        '{"resourceType": "Questionnaire",\n "item": [\n'
        '  {"linkId": "a",\n   "type": "attachment"}\n ]\n}\n'
    )

    assert faults(tmp_path, text, "tiny.json") == [
        "tiny.json:4: a: a file to send (attachment) is not supported"
    ]


@pytest.mark.parametrize(
    ("name", "text", "start"),
    [
        ("a.yaml", "item: [", "a.yaml:1: not YAML"),
        ("a.yaml", "a: 1\na: 2\n", "a.yaml:2: not YAML"),
        ("a.yaml", "- one\n", "a.yaml:1: "),
        ("a.json", "{", "a.json:1: This is not JSON"),
        ("a.yaml", "resourceType: Patient\n", "a.yaml:1: this is not a Questionnaire"),
    ],
)
def test_a_file_that_is_no_form_is_told_so(tmp_path, name, text, start):
    assert faults(tmp_path, text, name)[0].startswith(start)


def test_a_file_that_is_no_text_or_not_there_is_told_so(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ContentFault, match=r"a\.yaml:1: this is not text"):
        read_questionnaire(tmp_path / "a.yaml")
    with pytest.raises(ContentFault, match=r"gone\.yaml:1: this file cannot be read"):
        read_questionnaire(tmp_path / "gone.yaml")


def test_yes_no_and_on_stay_words_in_yaml(tmp_path):
    text = GOOD.replace("maxLength: 3", "prefix: no").replace("How bad is it?", "on")
    path = tmp_path / "tiny.yaml"
    path.write_text(text, encoding="utf-8")

    item = read_questionnaire(path).by_link_id["pain-now"]

    assert (item.prefix.words, item.text.words) == ("no", "on")


def folder_with(tmp_path: Path, **files: str) -> Path:
    (tmp_path / "questionnaires").mkdir()
    for name, text in files.items():
        path = tmp_path / "questionnaires" / f"{name}.yaml"
        path.write_text(text.replace("        maxLength: 3\n", ""), encoding="utf-8")
    return tmp_path


def test_earlier_versions_stay_beside_the_current_one(tmp_path):
    old = GOOD.replace('"1"', '"0.9"')
    forms = Questionnaires(folder_with(tmp_path, tiny=GOOD, **{"tiny-0.9": old}))

    assert forms.current("tiny").version == "1"
    assert forms.get("tiny").version == "1"
    assert forms.get("tiny", "0.9").version == "0.9"
    assert sorted(form.version for form in forms) == ["0.9", "1"]
    for name, version in (("tiny", "2"), ("other", None), ("other", "1")):
        with pytest.raises(UnknownRecord):
            forms.get(name, version)


def test_one_version_in_two_files_and_faults_of_any_file_stop_the_reading(tmp_path):
    wrong = GOOD.replace("linkId", "linkid")

    with pytest.raises(ContentFault) as caught:
        Questionnaires(folder_with(tmp_path, tiny=GOOD, twin=GOOD, wrong=wrong))

    said = "\n".join(caught.value.faults)
    assert "version 1 of tiny stands in another file too" in said
    assert "is it meant to be 'linkId'?" in said


def test_the_shipped_form_is_the_current_intake():
    form = Questionnaires(content_dir()).current("low-back-intake")

    assert form.url == "https://clinic-intake.example/fhir/Questionnaire/low-back-intake"
    assert form.steps
