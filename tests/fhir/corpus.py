"""Real FHIR files beside this checkout, where they stand; they are no part of the project."""

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
OPEN = ROOT.parent / "shared" / "fhir" / "open"

needs_corpus = pytest.mark.skipif(
    not OPEN.is_dir(), reason="the folder of real FHIR files does not stand beside the checkout"
)


def files(pattern: str) -> list[Path]:
    """The files that match, by name; none where the folder is absent."""
    return sorted(OPEN.glob(pattern))


def read(path: Path) -> Any:
    """Read JSON as any other program would."""
    return json.loads(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    """A short name for a test."""
    return f"{path.parent.name}/{path.stem}"
