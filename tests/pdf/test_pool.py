"""The pool that makes papers in other processes: real processes, bounded and replaced.

Those that need a process stand before those that end it: one takes seconds to start.
"""

import os
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic.errors import Unavailable
from clinic.library.places import content_dir, templates_dir
from clinic.pdf import pool as pools
from clinic.pdf.paper import Paper
from clinic.pdf.pool import RenderPool
from clinic.pdf.render import Edition
from tests.pdf.printing import FONTS, first_page_of, pages_of, shipped_handouts
from tests.summary.patients import CLINIC, PLAIN, summary_of


@pytest.fixture(scope="module")
def pool() -> Iterator[RenderPool]:
    with make_pool() as made:
        yield made


def make_pool() -> RenderPool:
    return RenderPool(
        templates=templates_dir(),
        figures=content_dir() / "figures",
        fonts=FONTS,
        handouts=shipped_handouts(),
        workers=1,
    )


def paper(pool: RenderPool) -> list[str]:
    """A small one: what is tested here is who makes it."""
    link = "https://clinic.example/i/k7px-2mqr"
    site, slash, token = link.rpartition("/")
    slip = Paper(
        template="slip",
        values={
            "name": "Rosa Delgado",
            "link": link,
            "link_lines": (site + slash, token),
            "visit": "",
            "last_day": "March 17, 2026",
        },
        title="Slip",
        who=CLINIC.name,
        made="Made for a test",
        clinic=CLINIC,
    )
    return pages_of(pool.render_paper(slip))


def worker_of(pool: RenderPool):
    """The one process of a pool, which is at rest."""
    worker = pool._seats.get_nowait()
    pool._seats.put(worker)
    return worker


def test_a_paper_is_made_in_another_process_that_serves_the_next_as_well(pool):
    made = pool.render_summary(summary_of(PLAIN), Edition.CLINIC)
    assert "Rosa Delgado" in first_page_of(made)
    first = worker_of(pool).process.pid

    assert "Rosa Delgado" in paper(pool)[0]

    assert worker_of(pool).process.pid == first
    assert first != os.getpid()


def test_many_who_ask_at_once_are_served_one_after_the_other(pool):
    papers: queue.Queue[list[str]] = queue.Queue()
    threads = [threading.Thread(target=lambda: papers.put(paper(pool))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert papers.qsize() == 3


def test_who_finds_every_process_at_work_for_too_long_is_told_to_come_back(pool, monkeypatch):
    paper(pool)
    monkeypatch.setattr(pools, "WAIT_SECONDS", 0.05)
    worker = pool._seats.get_nowait()
    try:
        with pytest.raises(Unavailable, match="Try again"):
            paper(pool)
    finally:
        pool._seats.put(worker)


def test_a_process_is_replaced_after_some_documents(pool, monkeypatch):
    paper(pool)
    first = worker_of(pool)
    monkeypatch.setattr(pools, "DOCUMENTS", first.made + 1)

    paper(pool)

    assert first.process.returncode is not None
    assert worker_of(pool) is None


def test_a_process_that_died_is_replaced(pool):
    paper(pool)
    died = worker_of(pool).process
    died.kill()
    died.wait()

    with pytest.raises(Unavailable):
        paper(pool)

    assert "Rosa Delgado" in paper(pool)[0]
    assert worker_of(pool).process.pid != died.pid


def test_a_paper_that_takes_too_long_is_given_up_and_its_process_ended(pool, monkeypatch):
    paper(pool)
    late = worker_of(pool)
    monkeypatch.setattr(pools, "MAKE_SECONDS", 0.01)

    with pytest.raises(Unavailable, match="took too long"):
        paper(pool)

    assert late.process.returncode is not None
    assert not Path(late.folder.name).exists()


def test_closing_ends_every_process_at_rest():
    with make_pool() as pool:
        paper(pool)
        worker = worker_of(pool)

    assert worker.process.returncode is not None
    assert not Path(worker.folder.name).exists()
