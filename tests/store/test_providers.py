"""The directory under several hands at one moment, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from clinic.actions import provider_import
from clinic.actions import providers as directory
from clinic.actions.providers import Wish
from clinic.errors import ClinicError, Conflict
from clinic.referral.destinations import Service
from clinic.referral.provider import Provider
from clinic.store import providers, staff
from clinic.store.staff import Role
from tests.store.threads import in_threads

NOW = datetime(2026, 3, 17, 14, 30, tzinfo=UTC)
TODAY = date(2026, 3, 17)
SERVICES = (Service("oncology", "Oncology"),)
IDS = frozenset({"oncology"})
NPI = "1234567893"
FILE = b"name,service\nElm House,oncology\nOak House,oncology\n"


@pytest.fixture
def clinician(database):
    with database.writing() as tx:
        return staff.add(
            tx,
            username="clinician",
            name="Clin",
            role=Role.CLINICIAN,
            password="three quiet words here",
            now=NOW,
        )


def entry(name: str, **more) -> Provider:
    return Provider(id=uuid4(), name=name, service="oncology", **more)


def names(database) -> list[str]:
    with database.reading() as tx:
        return [each.name for each in providers.everyone(tx)]


def test_a_file_that_is_sent_four_times_at_once_is_done_once(database, clinician):
    digest = provider_import.dry_run(database, FILE, SERVICES, TODAY).digest

    plans = in_threads(
        lambda _: provider_import.carry_out(
            database, FILE, digest, SERVICES, by=clinician, now=NOW, today=TODAY
        ),
        4,
    )

    assert sorted(len(plan.steps) for plan in plans) == [0, 0, 0, 2]
    assert names(database) == ["Elm House", "Oak House"]


def test_an_entry_that_is_sent_four_times_at_once_stands_once(database, clinician):
    def adds(house: str, **more) -> object:
        return directory.add(
            database, entry(house, **more), IDS, by=clinician, now=NOW, today=TODAY
        )

    found = in_threads(lambda _: adds("Elm House", phone="555-555-0110"), 4)

    assert len(set(found)) == 1
    assert adds("Elm House", phone="555-555-0111") not in found
    assert names(database) == ["Elm House", "Elm House"]


def test_of_two_who_add_one_npi_at_once_one_is_told(database, clinician):
    found = in_threads(
        lambda place: directory.add(
            database, entry(f"House {place}", npi=NPI), IDS, by=clinician, now=NOW, today=TODAY
        ),
        2,
    )

    refused = [each for each in found if isinstance(each, ClinicError)]
    assert len(refused) == 1
    assert "NPI" in str(refused[0])
    assert len(names(database)) == 1


def test_of_two_who_change_one_entry_at_once_one_is_told(database, clinician):
    one = entry("Elm House")
    with database.writing() as tx:
        providers.add(tx, one, now=NOW)

    found = in_threads(
        lambda place: directory.change(
            database,
            replace(one, notes=str(place)),
            IDS,
            by=clinician,
            version=1,
            now=NOW,
            today=TODAY,
        ),
        2,
    )

    assert [type(each) for each in found if each is not None] == [Conflict]


def test_pages_of_the_alphabet_join_without_a_gap_whatever_the_letters(database):
    wanted = ["ana", "Bo", "bo", "Élan", "elm", "Elm 2", "zoe"]
    with database.writing() as tx:
        for name in wanted:
            providers.add(tx, entry(name), now=NOW)
        found, after = [], None
        while page := providers.search(tx, after=after, limit=2):
            found += [each.name for each in page]
            after = (page[-1].name, page[-1].id)

    assert sorted(found) == sorted(wanted)
    assert [name.casefold() for name in found if name.isascii()] == sorted(
        name.casefold() for name in wanted if name.isascii()
    )


def test_only_languages_of_listed_entries_are_offered(database, clinician):
    one, other = entry("A", languages="English, Spanish"), entry("B", languages="German")
    with database.writing() as tx:
        providers.add(tx, one, now=NOW)
        providers.add(tx, other, now=NOW)
    directory.remove(database, other.id, by=clinician, version=1, now=NOW)

    assert directory.look_up(database, Wish()).languages == ("english", "spanish")
