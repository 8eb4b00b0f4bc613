"""The worklist, looking somebody up, and a patient's page, while the number of intakes grows.

    .venv/bin/python bench/worklist.py [--sizes 1000,100000,1000000] [--calls 60] [--only sqlite]
                                       [--data FOLDER]

Each size has a database of its own; the pages of all sizes are asked for in turns, so that a busy
machine slows all of them alike. Pages are asked of the program itself, without a network. With
--data the filled databases stay in that folder, and the next run measures them without filling.
"""

import argparse
import gc
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent.parent))
from flask.testing import FlaskClient

from bench import crowd, kept
from clinic.actions.printing import printing_kit
from clinic.app import create_app
from clinic.config import Settings
from clinic.library.places import content_dir
from clinic.library.shelf import Shelf, read_shelf
from clinic.pdf.pool import RenderPool
from clinic.store import patients, staff, worklist
from clinic.store.database import Database, open_database
from clinic.store.worklist import Queue, Scope
from clinic.web.visit import details_of
from tests.web.staff import Worker

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
SEEN = re.compile(r'news\?seen=([^"]+)"')
AIM = 1.5
T = TypeVar("T")


@dataclass(frozen=True)
class Clinic:
    """A filled database, and somebody who is signed in to it."""

    size: int
    database: Database
    client: FlaskClient
    token: str
    people: tuple[UUID, ...]
    sent: tuple[UUID, ...]
    typed: tuple[str, ...]
    born: tuple[str, ...]
    seen: str
    middle: str

    def lists(self, _turn: int) -> None:
        """Load the worklist: mine and nobody's."""
        self._get("/staff/")

    def lists_all(self, _turn: int) -> None:
        """Load the worklist of the whole clinic."""
        self._get("/staff/?scope=all")

    def lists_later(self, _turn: int) -> None:
        """Load the page of the whole clinic's list that begins in the middle of it."""
        self._get("/staff/", scope="all", after=self.middle)

    def lists_one_heading(self, _turn: int) -> None:
        """Load one heading alone."""
        self._get("/staff/?scope=all&show=routine")

    def lists_interpreter(self, _turn: int) -> None:
        """Load those who need an interpreter, whom sealed cards are opened to find."""
        self._get("/staff/?scope=all&speaks=interpreter")

    def asks_what_is_new(self, _turn: int) -> None:
        """Ask what an open page asks every 20 seconds."""
        self._get("/staff/news", seen=self.seen)

    def looks_up(self, turn: int) -> None:
        """Look up a whole name or a phone."""
        self._look_up(self.typed[turn % len(self.typed)])

    def looks_up_birth_date(self, turn: int) -> None:
        """Look up a birth date: of a million people more than a dozen share it."""
        self._look_up(self.born[turn % len(self.born)])

    def looks_up_many(self, _turn: int) -> None:
        """Look up three letters that fit a great many."""
        self._look_up("mar")

    def looks_up_two(self, _turn: int) -> None:
        """Look up the beginnings of two words, the first of which fits a great many."""
        self._look_up("mar regular")

    def opens(self, turn: int) -> None:
        """Load the page of a patient who came three times."""
        self._get(f"/staff/patients/{self.people[turn % len(self.people)]}")

    def opens_intake(self, turn: int) -> None:
        """Load the page of the last intake of such a patient."""
        self._get(f"/staff/intakes/{self.sent[turn % len(self.sent)]}")

    def _look_up(self, typed: str) -> None:
        sent = self.client.post("/staff/search", data={"csrf_token": self.token, "who": typed})
        assert sent.status_code == 303
        self._get("/staff/search")

    def _get(self, path: str, **query: str) -> bytes:
        answer = self.client.get(path, query_string=query or None)
        assert answer.status_code == 200, answer.status
        return answer.data


def main() -> None:
    """Measure both databases and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", default="1000,100000,1000000")
    options.add_argument("--calls", type=int, default=60)
    options.add_argument("--only", choices=("sqlite", "postgres"))
    options.add_argument("--data", type=Path)
    wanted = options.parse_args()
    sizes = [int(size) for size in wanted.sizes.split(",")]
    with ExitStack() as stack:
        shelf = read_shelf(content_dir())
        pool = stack.enter_context(RenderPool(**printing_kit(shelf, details_of(Settings()))))
        data = wanted.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o711)  # PostgreSQL runs as somebody else, and its folder lies in here
        folders = [data.absolute() / str(size) for size in sizes]
        for folder, size in zip(folders, sizes, strict=True):
            timed("filled", size, lambda folder=folder, size=size: kept.fill(folder, size, shelf))
        if wanted.only != "postgres":
            measure("SQLite", [None] * len(sizes), folders, sizes, shelf, pool, wanted.calls)
        if wanted.only != "sqlite":
            server = stack.enter_context(kept.running_cluster(data.absolute() / "postgres"))
            urls = [
                timed(
                    "copied", size, lambda folder=folder, size=size: kept.copy(folder, size, server)
                )
                for folder, size in zip(folders, sizes, strict=True)
            ]
            measure("PostgreSQL", urls, folders, sizes, shelf, pool, wanted.calls)


def timed(done: str, size: int, act: Callable[[], T]) -> T:
    """Do it, and say how long it took."""
    start = time.perf_counter()
    made = act()
    print(f"{size:,} intakes {done} in {time.perf_counter() - start:.0f} s", flush=True)
    return made


def measure(
    name: str,
    urls: Sequence[str | None],
    folders: list[Path],
    sizes: list[int],
    shelf: Shelf,
    pool: RenderPool,
    calls: int,
) -> None:
    """Open the database of each size, then ask for the pages in turns."""
    with ExitStack() as stack:
        clinics = [
            stack.enter_context(clinic(url, folder, size, shelf, pool))
            for url, folder, size in zip(urls, folders, sizes, strict=True)
        ]
        gc.collect()
        gc.freeze()  # as `clinic run` does once it has started
        print_plans(clinics[-1])
        load = " ".join(f"{each:.1f}" for each in os.getloadavg())
        print(f"{name}, {calls} calls each, load {load}")
        print(f"{'':26} {'intakes':>9} {'p50 ms':>8} {'p95 ms':>8} {'to first':>9} {'CPU ms':>8}")
        for label, act in ACTS.items():
            report(label, clinics, act, calls)


ACTS: dict[str, Callable[[Clinic, int], None]] = {
    "worklist, mine": Clinic.lists,
    "worklist, whole clinic": Clinic.lists_all,
    "worklist, a later page": Clinic.lists_later,
    "worklist, one heading": Clinic.lists_one_heading,
    "worklist, interpreter": Clinic.lists_interpreter,
    "what is new": Clinic.asks_what_is_new,
    "look up one": Clinic.looks_up,
    "look up a birth date": Clinic.looks_up_birth_date,
    "look up three letters": Clinic.looks_up_many,
    "look up two beginnings": Clinic.looks_up_two,
    "patient page": Clinic.opens,
    "intake page": Clinic.opens_intake,
}


def report(
    label: str, clinics: list[Clinic], act: Callable[[Clinic, int], None], calls: int
) -> None:
    """Time one thing in all sizes, in turns, after a few calls to warm up."""
    taken: list[list[float]] = [[] for _ in clinics]
    worked: list[list[float]] = [[] for _ in clinics]
    for turn in range(-5, calls):
        for place, each in enumerate(clinics):
            start, busy = time.perf_counter(), time.process_time()
            act(each, turn)
            if turn >= 0:
                taken[place].append((time.perf_counter() - start) * 1000)
                worked[place].append((time.process_time() - busy) * 1000)
    first = statistics.median(taken[0])
    for each, times, busy_times in zip(clinics, taken, worked, strict=True):
        middle, busy = statistics.median(times), statistics.median(busy_times)
        late = statistics.quantiles(times, n=20)[-1]
        mark = "" if middle <= AIM * first and late < 100 else "  aim missed"
        print(
            f"{label:26} {each.size:9,} {middle:8.1f} {late:8.1f} {middle / first:9.2f}"
            f" {busy:8.1f}{mark}",
            flush=True,
        )


def print_plans(clinic: Clinic) -> None:
    """Say by which index the largest database reads the list and the search."""
    with clinic.database.reading() as tx:
        statements = {
            "list": worklist._rows(worklist._owners(Scope.ALL, None)[0], None, None).limit(51),
            "search": patients._find(tx, "start:mar", None, 21),
        }
        for label, statement in statements.items():
            made = statement.compile(tx.connection)
            values = made.construct_params()
            sent = tuple(values[key] for key in made.positiontup) if made.positiontup else values
            word = "EXPLAIN QUERY PLAN" if tx.is_sqlite else "EXPLAIN"
            plan = tx.connection.exec_driver_sql(f"{word} {made}", sent)
            lines = [str(row[-1]).strip()[:110] for row in plan]
            print(f"{label}: {' / '.join(lines[:4])}")


@contextmanager
def clinic(
    url: str | None, folder: Path, size: int, shelf: Shelf, pool: RenderPool
) -> Iterator[Clinic]:
    """A filled database, opened, and somebody who has signed in."""
    settings = kept.settings_of(folder, url)
    with open_database(settings) as database:
        with database.reading() as tx:
            member = staff.by_username(tx, "bench")
            assert member
            people = kept.people_of(folder)
            sent = tuple(patients.intakes_of(tx, each)[0].id for each in people)
            middle = worklist.worklist(tx, scope=Scope.ALL, owner_id=None, queue=Queue.URGENT)
        app = create_app(
            settings, database=database, shelf=shelf, pool=pool, clock=lambda: crowd.NOW
        )
        client = Worker(app, member).signs_in().browser.client
        page = client.get("/staff/").get_data(as_text=True)
        some = some_people(database)
        token, seen = TOKEN.search(page), SEEN.search(page)
        assert token
        assert seen
        yield Clinic(
            size,
            database,
            client,
            token[1],
            people,
            sent,
            tuple(text for name, _, phone in some for text in (name, phone)),
            tuple(born for _, born, _ in some),
            unquote(seen[1]),
            middle.rows[-1].place,
        )


def some_people(database: Database) -> list[tuple[str, str, str]]:
    """Whole name, birth date and phone of a few patients of the crowd."""
    with database.reading() as tx:
        found = [each.person for each in patients.search(tx, "mar", limit=4)]
    return [(each.name, str(each.birth_date), each.phone) for each in found]


if __name__ == "__main__":
    main()
