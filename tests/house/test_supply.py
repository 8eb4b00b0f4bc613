"""What the program is made of is known: every package, every kept work, and their licences."""

import json
import re
import runpy
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
supply = runpy.run_path(str(CHECKOUT / "deploy/supply.py"))


@pytest.fixture(scope="module")
def parts():
    return supply["everything"]()


def test_every_package_of_the_lock_has_a_licence_that_goes_beside_ours(parts):
    pinned = re.findall(r"^([a-z0-9._-]+)==", supply["LOCK"].read_text("utf-8"), re.MULTILINE)

    assert set(pinned) <= set(parts)
    assert [part for part in parts.values() if supply["cannot_ship"](part.licence)] == []


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("MIT", False),
        ("GPL-3.0-only", True),
        ("GPL-3.0-only OR MIT", False),
        ("MIT AND GPL-3.0-only", True),
        ("", True),
    ],
)
def test_a_licence_that_asks_for_more_is_refused(licence, refused):
    assert supply["cannot_ship"](licence) is refused


def test_a_package_whose_licence_nobody_knows_is_an_error(monkeypatch):
    class Unsaid(dict):
        def __missing__(self, key):
            return None

        def get_all(self, key):
            return None

    monkeypatch.setattr(supply["metadata"], "metadata", lambda name: Unsaid())

    with pytest.raises(ValueError, match="its licence is not known"):
        supply["licence_of"]("nobody-knows")


def test_every_kept_file_of_others_in_the_notice_is_a_part(parts):
    notice = (CHECKOUT / "NOTICE").read_text("utf-8").partition("\n----\n")[0]
    kept = re.findall(r"^(clinic/\S+?),? ?(?:clinic/\S+)?$", notice, re.MULTILINE)
    listed = " ".join(part.where for part in parts.values())

    assert kept
    assert [path for path in kept if path not in listed] == []


def test_the_bill_names_each_part_once_and_who_needs_whom(parts):
    bom = supply["bom_of"](parts, "1")
    text = supply["make_outputter"](
        bom, supply["OutputFormat"].JSON, supply["SchemaVersion"].V1_6
    ).output_as_string()
    told = json.loads(text)

    assert told["bomFormat"] == "CycloneDX"
    assert sorted(each["name"] for each in told["components"]) == sorted(parts)
    flask = next(each for each in told["components"] if each["name"] == "flask")
    assert flask["purl"].startswith("pkg:pypi/flask@")
    assert flask["licenses"] == [{"expression": "BSD-3-Clause"}]
    assert flask["hashes"]
    needs = {each["ref"]: each.get("dependsOn", []) for each in told["dependencies"]}
    assert any(ref.startswith("pkg:pypi/werkzeug@") for ref in needs[flask["bom-ref"]])
    assert flask["bom-ref"] in needs["clinic-intake"]
