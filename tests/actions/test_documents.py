"""Papers are made once for a submitted version, and served from the store after."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clinic.actions.documents import summary_pdf
from clinic.config import Settings
from clinic.pdf.render import Edition
from clinic.store import intakes
from clinic.store.database import Database, open_database
from tests.pdf.printing import WordsAlone
from tests.prepared import lay_database
from tests.summary.patients import PLAIN, SENT, make_sent_intake, make_summary


@pytest.fixture
def pool() -> WordsAlone:
    """What is tested here is how often it is asked, and what is kept."""
    return WordsAlone()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    settings = Settings(data=tmp_path / "data", key_file=tmp_path / "keys" / "clinic.key")
    lay_database(settings)
    with open_database(settings) as opened:
        yield opened


def asked_for(pool: WordsAlone, work) -> tuple[int, bytes]:
    before = pool.asked
    pdf = work()
    return pool.asked - before, pdf


def test_a_sent_intakes_paper_is_made_once_for_each_edition(database, pool):
    intake = make_sent_intake(PLAIN)
    with database.writing() as tx:
        intakes.insert(tx, intake, idempotency_key="once")
    summary = make_summary(intake)

    def paper(edition: Edition, given=summary) -> bytes:
        return summary_pdf(database, pool, given, edition, paper="letter", now=SENT)

    made, first = asked_for(pool, lambda: paper(Edition.CLINIC))
    again, second = asked_for(pool, lambda: paper(Edition.CLINIC))
    changed = replace(summary, urgency_word="Same day")
    anew, third = asked_for(pool, lambda: paper(Edition.CLINIC, changed))

    assert (made, again, anew) == (1, 0, 1)
    assert first == second
    assert first != third


def test_a_drafts_paper_is_made_anew_each_time_and_kept_nowhere(database, pool):
    draft = replace(make_summary(make_sent_intake(PLAIN)), draft=True)

    def paper() -> bytes:
        return summary_pdf(database, pool, draft, Edition.CLINIC, paper="letter", now=SENT)

    assert [asked_for(pool, paper)[0] for _ in range(2)] == [1, 1]


def test_the_store_holds_no_readable_paper(database, pool, tmp_path):
    intake = make_sent_intake(PLAIN)
    with database.writing() as tx:
        intakes.insert(tx, intake, idempotency_key="once")
    summary = make_summary(intake)
    summary_pdf(database, pool, summary, Edition.CLINIC, paper="letter", now=SENT)

    files = b"".join(file.read_bytes() for file in (tmp_path / "data").iterdir())
    assert b"%PDF-1." not in files  # four letters alone may stand there by chance
