"""The demo: made once through the real forms, and kept by a second start."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic.actions.demo import SignIn, make_demo
from clinic.actions.referrals import Terms
from clinic.config import Settings, utc_now
from clinic.errors import ContentFault
from clinic.library.demo import read_demo
from clinic.library.demo_loop import read_demo_loop
from clinic.library.demo_providers import read_demo_providers
from clinic.library.places import content_dir
from clinic.library.shelf import Shelf
from clinic.referral.states import State
from clinic.store import (
    intakes,
    invitations,
    patients,
    providers,
    referrals,
    same_person,
    staff,
    worklist,
)
from clinic.store.database import Database, open_database
from clinic.store.invitations import Shown
from clinic.store.queues import Queue
from clinic.store.worklist import Scope
from clinic.triage.rules import Urgency
from clinic.web.visit import details_of
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
    return make_demo(
        database,
        shelf,
        NOW,
        terms=Terms(settings.clocks, settings.zone, settings.referral_days),
        clinic=details_of(settings),
        folder=content_dir(),
    )


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


def test_a_visit_is_booked_for_somebody_who_waits(demo):
    with demo.reading() as tx:
        rows = worklist.worklist(tx, scope=Scope.ALL, owner_id=None).rows

    assert any(row.card and row.card.visit_on and row.card.visit_on > NOW.date() for row in rows)


def test_the_directory_holds_made_up_entries_for_most_services(demo, shelf):
    with demo.reading() as tx:
        entries = list(providers.everyone(tx))

    assert len({each.service for each in entries}) * 2 > len(shelf.destinations.services)
    assert all("(demo)" in each.name and "555-01" in each.phone for each in entries)
    assert not any(each.npi.startswith("1") for each in entries)
    assert sum(each.board_is_old(NOW.date()) for each in entries) == 1


def test_referrals_stand_in_every_stage_of_the_loop(demo):
    with demo.reading() as tx:
        kept = [each for one in intakes.listing(tx) for each in referrals.of_intake(tx, one.id)]

    states = [each.referral.state for each in kept]
    assert set(states) == {
        State.DRAFT,
        State.READY_FOR_SIGNOFF,
        State.SENT,
        State.PATIENT_NOTIFIED,
        State.DECLINED,
        State.REVIEWED_AND_PATIENT_TOLD,
    }
    late = [each.referral.state for each in kept if each.due_at and each.due_at <= NOW]
    assert late == [State.SENT]


def test_two_are_invited_and_one_came_back(demo):
    with demo.reading() as tx:
        invited = invitations.listing(tx, shown=Shown.OPEN, now=NOW, after=None, limit=9)
        came_back = patients.search(tx, "Helen Park")[0]
        sent = same_person.intakes_of_person(tx, came_back.id)

    assert len(invited) == 2
    assert len(sent) == 2


def test_nothing_of_the_loop_was_done_in_the_future(demo):
    with demo.reading() as tx:
        kept = [each for one in intakes.listing(tx) for each in referrals.of_intake(tx, one.id)]
        events = [event for each in kept for event in referrals.history(tx, each.referral)]

    assert len(events) > 20
    assert all(event.at <= NOW for event in events)


def test_a_fault_in_the_made_up_loop_names_its_line(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "loop.yaml").write_text(
        "same_person:\n"
        "  - {patient: nobody, other: routine, by: desk, ago: 2d}\n"
        "invitations:\n"
        "  - {by: desk, ago: soon, patient: routine, in_days: 3}\n"
        "referrals:\n"
        "  - patient: routine\n"
        "    by: clinician\n"
        "    ago: 3d\n"
        "    provider: Nobody There\n"
        "    kind: consult\n"
        "    question: Why?\n"
        "    urgency: hasty\n"
        "    in_days: tomorrow\n"
        "    steps:\n"
        "      - {act: fly, by: receiver, after: 3h}\n",
        encoding="utf-8",
    )
    plan = read_demo(content_dir(), shipped_questionnaire())

    with pytest.raises(ContentFault) as caught:
        read_demo_loop(tmp_path, plan, ())

    assert [fault.split(":")[1] for fault in caught.value.faults] == [
        "2",
        "4",
        "9",
        "12",
        "13",
        "15",
    ]


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
