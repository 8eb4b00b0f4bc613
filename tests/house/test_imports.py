"""The import contracts of pyproject.toml name every module they are about."""

import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
CONTRACTS = {contract["id"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]}
CORE = ["marked", "errors", "questionnaire", "intake", "triage", "summary", "referral"]
BLUEPRINTS = ["education", "intake", "staff", "referral"]


def exists(module: str) -> bool:
    """Whether a module stands in the checkout, as a file or as a package."""
    place = CHECKOUT / module.replace(".", "/")
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def standing(package: str, names: list[str]) -> list[str]:
    """The modules of a package that are there already."""
    return [f"{package}.{name}" for name in names if exists(f"{package}.{name}")]


def test_the_core_contract_covers_the_whole_core():
    assert CONTRACTS["core"]["source_modules"] == standing("clinic", CORE)


@pytest.mark.parametrize("library", ["flask", "sqlalchemy", "weasyprint", "pathlib", "json", "os"])
def test_the_core_contract_forbids_every_edge(library):
    assert library in CONTRACTS["core"]["forbidden_modules"]


def test_blueprints_stand_alone_once_there_are_two():
    standing_now = standing("clinic.web", BLUEPRINTS)
    if len(standing_now) < 2:
        assert "blueprints" not in CONTRACTS
    else:
        assert CONTRACTS["blueprints"]["modules"] == standing_now


def test_the_package_itself_imports_nothing():
    text = (CHECKOUT / "clinic/__init__.py").read_text()

    assert "import" not in text
