"""The demo: made once through the real forms, and kept by a second start."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic.actions.demo import SignIn, make_demo
from clinic.config import Settings, utc_now
from clinic.errors import ContentFault
from clinic.library.demo import read_demo
from clinic.library.demo_providers import read_demo_providers
from clinic.library.places import content_dir
from clinic.library.shelf import Shelf
from clinic.store import intakes, patients, providers, staff, worklist
from clinic.store.database import Database, open_database
from clinic.store.queues import Queue
from clinic.store.worklist import Scope
from clinic.triage.rules import Urgency
from tests.make import shipped_questionnaire

NOW = utc_now()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, shelf: Shelf) -> Iterator[Database]:
    """A database with the demo in it, made once for this file."""
    folder = tmp_path_factory.mktemp("demo")
    settings = Settings(data=folder / "data", key_file=folder / "keys" / "clinic.key")
    with open_database(settings, demo_key=True) as database:
        made(database, shelf, settings)
        yield database


def made(database: Database, shelf: Shelf, settings: Settings) -> list[SignIn]:
    return make_demo(database, shelf, NOW, zone=settings.zone, folder=content_dir())


def everything(database: Database) -> list[intakes.Facts]:
    with database.reading() as tx:
        return intakes.listing(tx)


def test_a_dozen_patients_stand_over_every_urgency(demo):
    facts = everything(demo)

    assert len(facts) >= 12
    assert {each.urgency for each in facts if each.submitted_at} == set(Urgency)
    assert [each for each in facts if not each.submitted_at and each.emergency_open]


def test_every_heading_of_the_worklist_has_somebody(demo):
    with demo.writing() as tx:
        worklist.mark_overdue(tx, NOW)
    with demo.reading() as tx:
        rows = worklist.worklist(tx, scope=Scope.ALL, owner_id=None).rows

    assert {row.queue for row in rows} == set(Queue)


def test_the_directory_holds_made_up_entries_for_most_services(demo, shelf):
    with demo.reading() as tx:
        entries = list(providers.everyone(tx))

    assert len({each.service for each in entries}) * 2 > len(shelf.destinations.services)
    assert all("(demo)" in each.name and "555-01" in each.phone for each in entries)
    assert not any(each.npi.startswith("1") for each in entries)
    assert sum(each.board_is_old(NOW.date()) for each in entries) == 1


def test_a_fault_in_the_made_up_directory_names_its_line(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "providers.yaml").write_text(
        "providers:\n"
        "  - name: Elm House\n"
        "    service: magic\n"
        "    npi: '1234567890'\n"
        "  - service: oncology\n"
        "    colour: green\n",
        encoding="utf-8",
    )

    with pytest.raises(ContentFault) as caught:
        read_demo_providers(tmp_path, ("oncology",), NOW.date())

    lines = {fault.split(":")[1] for fault in caught.value.faults}
    assert lines == {"3", "4", "5", "6"}


def test_no_demo_patient_comes_from_the_future(demo):
    for facts in everything(demo):
        assert facts.created_at < facts.updated_at <= NOW


def test_a_second_start_keeps_the_data_and_tells_the_same_sign_ins(demo, shelf):
    before = everything(demo)

    again = made(demo, shelf, Settings())

    assert everything(demo) == before
    assert [each.username for each in again] == ["desk", "clinician", "admin"]


def test_each_demo_sign_in_works_and_is_long_enough(demo, shelf):
    for each in made(demo, shelf, Settings()):
        member = staff.check_password(demo, each.username, each.password)
        assert member is not None
        assert member.role == each.role
        assert len(each.password) >= 15


def test_demo_patients_can_be_searched_for(demo):
    with demo.reading() as tx:
        found = patients.search(tx, "Margaret Olsen")

    assert [each.person.name for each in found] == ["Margaret Olsen"]


def test_a_demo_file_with_faults_names_each_with_its_line(tmp_path: Path):
    folder = tmp_path / "demo"
    folder.mkdir()
    (tmp_path / "examples").symlink_to(content_dir() / "examples")
    (folder / "low-back-intake.yaml").write_text(
        "questionnaire: low-back-intake\n"
        "base: plain-back-pain\n"
        "usual: {}\n"
        "staff:\n"
        "  - {username: a, name: A, role: boss, password: x}\n"
        "patients:\n"
        "  - id: one\n"
        "    ago: yesterday\n"
        "    answers: {no-such-question: 1, pain-now: often}\n",
        encoding="utf-8",
    )

    with pytest.raises(ContentFault) as caught:
        read_demo(tmp_path, shipped_questionnaire())

    lines = [fault.split("yaml:")[1] for fault in caught.value.faults]
    assert [line.split(":")[0] for line in lines] == ["5", "8", "9", "9"]
