"""Patients: kept sealed, and found by name, birth date and phone."""

from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic.errors import UnknownRecord
from clinic.store import patients
from clinic.store.patients import Person
from clinic.store.search import terms_of_query
from clinic.store.tables import patient_search
from tests.make import NOW
from tests.store.kept import send

ADA = Person("Ada María Stone-O'Neil", date(1980, 3, 17), "+1 (555) 555-0142", "ada@x.example")


def found(tx, text, **more):
    return [patient.person.name for patient in patients.search(tx, text, **more)]


def test_a_patient_is_read_back_equal(database):
    with database.writing() as tx:
        row_id = patients.add(tx, ADA, now=NOW)
        kept = patients.get(tx, row_id)
        bare = patients.get(tx, patients.add(tx, Person(""), now=NOW))

    assert (kept.person, kept.created_at) == (ADA, NOW)
    assert bare.person == Person("")


def test_a_patient_who_is_not_there_is_an_unknown_record(database):
    with database.reading() as tx, pytest.raises(UnknownRecord):
        patients.get(tx, uuid4())


@pytest.mark.parametrize(
    "text",
    [
        "Ada María Stone-O'Neil",
        "ada maria stone o'neil",
        "Stone-O'Neil, Ada María",
        "ada",
        "sto",
        "MARI",
        "maría",
        "Ada Stone",
        "sto ada",
        "ad stone",
        "Stone-O'Neil",
        "March 17, 1980",
        "17 mar 1980",
        "3/17/1980",
        "03-17-1980",
        "1980-03-17",
        " 1980-3-17 ",
        "555 555 0142",
        "(555) 555-0142",
        "15555550142",
    ],
)
def test_a_patient_is_found(database, text):
    with database.writing() as tx:
        patients.add(tx, ADA, now=NOW)
        patients.add(tx, Person("Bo Reed", date(1990, 1, 1), "555-555-0199"), now=NOW)

        assert found(tx, text) == [ADA.name]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ad",
        "tone",
        "Ada Reed",
        "ad reed",
        "Ma 17, 1980",
        "March 32, 1980",
        "3/18/1980",
        "17/3/1980",
        "31/31/1980",
        "0142",
        "ada%",
        "\x00",
        "\ud800\ud800\ud800",
    ],
)
def test_others_are_not_found(database, text):
    with database.writing() as tx:
        patients.add(tx, ADA, now=NOW)

        assert found(tx, text) == ([ADA.name] if text == "ada%" else [])


def test_the_newest_are_found_first_in_pages(database):
    with database.writing() as tx:
        ids = [patients.add(tx, Person(f"Ada {n}"), now=NOW) for n in range(5)]
        first = patients.search(tx, "ada", limit=3)
        rest = patients.search(tx, "ada", after=first[-1].id, limit=3)

    assert [patient.id for patient in (*first, *rest)] == ids[::-1]


def test_a_whole_name_with_a_short_word_comes_before_those_who_share_the_long_one(database):
    with database.writing() as tx:
        for name in ("Li Chang", "Jo Chang", "Mary Chang"):
            patients.add(tx, Person(name), now=NOW)

        assert found(tx, "chang li") == ["Li Chang"]
        assert found(tx, "bo chang") == ["Mary Chang", "Jo Chang", "Li Chang"]


@pytest.mark.parametrize("text", ["13/9/1974", "2/30/1980", "01/09/74", "12 34"])
def test_numbers_that_are_neither_a_date_nor_a_phone_look_for_nobody(text):
    assert terms_of_query(text) == ()


def test_the_same_name_birth_date_and_phone_are_proposed_as_one_person(database):
    with database.writing() as tx:
        one = patients.add(tx, ADA, now=NOW)
        again = Person("ada maria stone o neil", ADA.birth_date, "5555550142")
        other = patients.add(tx, again, now=NOW)

        assert [p.id for p in patients.candidates(tx, ADA, except_id=one)] == [other]
        assert [p.id for p in patients.candidates(tx, again)] == [other, one]


@pytest.mark.parametrize(
    "other",
    [
        Person("Eva Stone", ADA.birth_date, ADA.phone),
        Person(ADA.name, date(1980, 3, 18), ADA.phone),
        Person(ADA.name, ADA.birth_date, "555-555-0143"),
        Person(ADA.name, None, ADA.phone),
        Person(ADA.name, ADA.birth_date, ""),
        Person("", ADA.birth_date, ADA.phone),
    ],
)
def test_two_parts_of_three_propose_nothing(database, other):
    with database.writing() as tx:
        patients.add(tx, other, now=NOW)

        assert patients.candidates(tx, ADA) == []


def test_the_intakes_of_a_patient_are_given(database):
    with database.writing() as tx:
        intake = send(tx)
        (facts,) = patients.intakes_of(tx, patient_of(tx, intake.id))

        assert facts.id == intake.id
        assert patients.intakes_of(tx, uuid4()) == []


def patient_of(tx, intake_id):
    from clinic.store import intakes

    return intakes.facts(tx, intake_id).patient_id


def test_the_search_table_holds_hashes_that_no_other_database_has(database):
    with database.writing() as tx:
        patients.add(tx, ADA, now=NOW)
        hashes = {bytes(row.hash) for row in tx.execute(sa.select(patient_search))}

    assert len(hashes) > 10
    assert {len(each) for each in hashes} == {16}
    assert not any(b"ada" in each for each in hashes)
