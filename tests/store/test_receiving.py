"""What the other side does, on both databases: one wins, files are sealed, guesses are counted."""

import threading
from datetime import timedelta

import pytest

from clinic.actions import receiving
from clinic.errors import Conflict, NotAllowed, ShutDoor, TooManyAttempts, UnknownRecord
from clinic.referral.attachment import attached_file
from clinic.referral.model import Said
from clinic.referral.states import Act, By, State
from clinic.store import attachments, audit_chain, doors, limits
from clinic.store.verify import verify
from tests.make import NOW
from tests.store.kept import send
from tests.web.loop import TERMS, Loop

PDF = attached_file("note.pdf", b"%PDF-1.4 Ada is well. %%EOF")
REASON = Said(words="No room before June.")


@pytest.fixture
def loop(database) -> Loop:
    with database.writing() as tx:
        intake_id = send(tx).id
    return Loop(database, intake_id, NOW).sends()


def answers(loop: Loop, act: Act, said: Said = REASON, **more):
    given = {"version": loop.kept.referral.version, "address": "10.0.0.1", "now": NOW, **more}
    return receiving.answer(loop.database, loop.door.token, act, said, terms=TERMS, **given)


def test_of_many_answers_at_one_moment_one_is_taken(loop):
    version, together = loop.kept.referral.version, threading.Barrier(4)
    got: list[str] = []

    def one(act: Act) -> None:
        together.wait()
        try:
            answers(loop, act, version=version)
            got.append("taken")
        except Conflict:
            got.append("told")

    acts = (Act.ACCEPT, Act.DECLINE, Act.ASK, Act.ACKNOWLEDGE)
    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got) == ["taken", "told", "told", "told"]
    assert len([event for event in loop.history if event.by is By.RECEIVER]) == 1


def test_a_file_is_kept_with_the_report_or_not_at_all(loop):
    answers(loop, Act.ACCEPT)
    stale = loop.kept.referral.version - 1
    with pytest.raises(Conflict):
        answers(loop, Act.REPORT, Said(has_report=True), file=PDF, version=stale)
    with loop.database.reading() as tx:
        assert attachments.all_of(tx, loop.kept.referral) == []

    answers(loop, Act.REPORT, Said(has_report=True), file=PDF)
    with loop.database.reading() as tx:
        (kept,) = attachments.all_of(tx, loop.kept.referral)
        assert attachments.get(tx, loop.kept.referral, kept.id) == (kept, PDF.content)
        row = tx.execute(attachments.table.select()).one()
    assert (kept.name, kept.made_by, kept.size_bytes) == ("note.pdf", By.RECEIVER, len(PDF.content))
    assert b"Ada is well" not in row.sealed_content


def test_the_proof_opens_what_belongs_to_a_referral(loop, tmp_path):
    answers(loop, Act.ACCEPT)
    answers(loop, Act.REPORT, Said(has_report=True), file=PDF)
    anchor = tmp_path / "audit.head"
    audit_chain.seal(loop.database, anchor)
    assert verify(loop.database, anchor).faults == ()

    with loop.database.writing() as tx:
        tx.execute(attachments.table.update().values(sealed_content=b"torn"))
        tx.execute(doors.table.update().values(sealed_door=b"torn"))
    faults = verify(loop.database, anchor).faults
    assert [name for name in ("attachment", "referral_door") if name in str(faults)] == [
        "attachment",
        "referral_door",
    ]


def test_a_file_comes_with_a_report_and_with_nothing_else(loop):
    with pytest.raises(NotAllowed):
        answers(loop, Act.ACCEPT, file=PDF)
    with pytest.raises(NotAllowed):
        answers(loop, Act.REQUEST_CANCEL)

    assert loop.state is State.SENT


def test_a_file_of_another_referral_is_not_there(loop):
    answers(loop, Act.ACCEPT)
    answers(loop, Act.REPORT, Said(has_report=True), file=PDF)
    with loop.database.reading() as tx:
        (kept,) = attachments.all_of(tx, loop.kept.referral)
    loop.id = loop.starts()

    with loop.database.reading() as tx, pytest.raises(UnknownRecord):
        attachments.get(tx, loop.kept.referral, kept.id)


def test_only_an_end_is_told_to_who_held_the_link_at_the_end(loop):
    loop.does(Act.MARK_ERROR, "The wrong patient.")
    for token, ended in ((loop.door.token, True), ("no-link", False)):
        with pytest.raises(ShutDoor) as shut:
            receiving.read(loop.database, token, address="10.0.0.1", now=NOW)
        assert shut.value.ended is ended
    later = NOW + timedelta(days=90)
    with pytest.raises(ShutDoor) as expired:
        receiving.read(loop.database, loop.door.token, address="10.0.0.1", now=later)
    assert not expired.value.ended


def test_wrong_codes_are_counted_for_an_address_and_right_ones_are_not(loop):
    def tries(code: str, address: str = "10.0.0.1") -> str:
        try:
            return receiving.token_of_code(loop.database, code, address=address, now=NOW)
        except ShutDoor:
            return "shut"

    for _ in range(limits.RECEIVER_CODE.most - 1):
        assert tries("00000-00000") == "shut"
    for _ in range(3):
        assert tries(loop.door.code) == loop.door.token
    assert tries("00000-00000") == "shut"
    with pytest.raises(TooManyAttempts):
        tries(loop.door.code)
    assert tries(loop.door.code, "10.0.0.2") == loop.door.token


def test_a_limit_begins_anew_when_the_clock_was_set_back(database):
    limit, yesterday = limits.RECEIVER_CODE, NOW - timedelta(days=1)
    with database.writing() as tx:
        for _ in range(limit.most):
            assert limits.hit(tx, limit, "10.0.0.1", NOW) is None
        assert limits.hit(tx, limit, "10.0.0.1", NOW) is not None
        assert limits.wait(tx, limit, "10.0.0.1", NOW) is not None
        assert limits.wait(tx, limit, "10.0.0.1", yesterday) is None
        assert limits.hit(tx, limit, "10.0.0.1", yesterday) is None


def test_a_try_that_is_given_back_leaves_those_before_it(database):
    limit = limits.RECEIVER_CODE
    with database.writing() as tx:
        limits.give_back(tx, limit, "10.0.0.1")
        for _ in range(limit.most):
            limits.hit(tx, limit, "10.0.0.1", NOW)
        limits.give_back(tx, limit, "10.0.0.1")
        assert limits.hit(tx, limit, "10.0.0.1", NOW) is None
        assert limits.hit(tx, limit, "10.0.0.1", NOW) is not None
