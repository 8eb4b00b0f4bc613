"""An intake is assessed at each page that is left, and once more when it is sent."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from clinic.config import Settings
from clinic.store import assessments, intakes
from clinic.store.database import Database, open_database
from clinic.triage.rules import Urgency
from tests.prepared import lay_database, shipped_shelf
from tests.web.staff import BEFORE, Patients

MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    settings = Settings(data=tmp_path / "data", key_file=tmp_path / "keys" / "clinic.key")
    lay_database(settings)
    with open_database(settings) as opened:
        yield opened


@pytest.fixture
def patients(database: Database) -> Patients:
    return Patients(database, shipped_shelf())


def stands(patients: Patients, intake_id: UUID) -> tuple[Urgency | None, bool]:
    with patients.database.reading() as tx:
        facts = intakes.facts(tx, intake_id)
    return facts.urgency, facts.emergency_open


def test_a_page_that_is_left_with_an_emergency_is_assessed_at_once(patients):
    draft = patients.drafts()
    assert stands(patients, draft) == (None, False)

    patients.corrects(draft, {"leg-cold": "yes"}, at=BEFORE + MINUTE)

    assert stands(patients, draft) == (Urgency.EMERGENCY_NOW, True)


def test_an_alarm_and_its_correction_are_both_in_what_is_sent(patients):
    draft = patients.drafts({"leg-cold": "yes"})
    patients.corrects(draft, {"leg-cold": "no"}, at=BEFORE + MINUTE)
    assert stands(patients, draft) == (Urgency.EMERGENCY_NOW, True)

    patients.presses_send(draft, at=BEFORE + 2 * MINUTE)

    with patients.database.reading() as tx:
        ((_, assessment),) = assessments.all_of(tx, draft)
    assert assessment.urgency is Urgency.EMERGENCY_NOW
    assert [(f.rule_id, f.held) for f in assessment.emergencies] == [("VA-7", True)]
    assert [corrected.key for corrected in assessment.corrections] == ["leg-cold"]
    assert assessment.corrections[0].after_at == BEFORE + MINUTE


def test_what_is_sent_is_assessed_with_the_rules_that_are_named(patients):
    sent = patients.sends({"weight-loss": "yes"})

    with patients.database.reading() as tx:
        ((_, assessment),) = assessments.all_of(tx, sent)
    rules = patients.shelf.rules
    assert assessment.urgency is Urgency.URGENT_2WK
    assert (assessment.rules_version, assessment.rules_hash) == (rules.version, rules.hash)
    found = {finding.rule_id: finding for finding in assessment.findings}
    assert found["CA-3"].times == (("weight-loss", BEFORE),)
