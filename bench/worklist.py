"""The worklist, looking somebody up, and a patient's page, while the number of intakes grows.

    .venv/bin/python bench/worklist.py [--sizes 1000,100000,1000000] [--calls 120] [--only sqlite]

Each size has a database of its own; the pages of all sizes are asked for in turns, so that a busy
machine slows all of them alike. Pages are asked of the program itself, without a network.
"""

import argparse
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent.parent))
from flask.testing import FlaskClient

from bench import crowd
from clinic.actions.last_time import Comparing
from clinic.actions.printing import printing_kit
from clinic.actions.same_person import confirm_same_person
from clinic.app import create_app
from clinic.config import Settings
from clinic.library.places import content_dir
from clinic.library.shelf import Shelf, read_shelf
from clinic.pdf.pool import RenderPool
from clinic.store import intakes, patients, worklist
from clinic.store.database import Database, open_database
from clinic.store.staff import Member, Role
from clinic.store.worklist import Scope
from clinic.web.visit import details_of
from tests import postgres
from tests.web.staff import ZONE, Patients, Worker, hire

PEOPLE = 5
"""So many people sent three intakes each through the program itself; their pages are measured."""
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
AIM = 1.5


@dataclass(frozen=True)
class Clinic:
    """A filled database, and somebody who is signed in to it."""

    size: int
    database: Database
    member: Member
    client: FlaskClient
    token: str
    people: tuple[UUID, ...]
    typed: tuple[str, ...]

    def lists(self, _turn: int) -> None:
        """Load the worklist: mine and nobody's."""
        self._get("/staff/")

    def lists_all(self, _turn: int) -> None:
        """Load the worklist of the whole clinic."""
        self._get("/staff/?scope=all")

    def looks_up(self, turn: int) -> None:
        """Look up one name, birth date or phone."""
        self._look_up(self.typed[turn % len(self.typed)])

    def looks_up_many(self, _turn: int) -> None:
        """Look up three letters that fit a great many."""
        self._look_up("mar")

    def opens(self, turn: int) -> None:
        """Load the page of a patient who came three times."""
        self._get(f"/staff/patients/{self.people[turn % len(self.people)]}")

    def _look_up(self, typed: str) -> None:
        sent = self.client.post("/staff/search", data={"csrf_token": self.token, "who": typed})
        assert sent.status_code == 303
        assert b"found_person" in self._get("/staff/search")

    def _get(self, path: str) -> bytes:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.status
        return answer.data


def main() -> None:
    """Measure both databases and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", default="1000,100000,1000000")
    options.add_argument("--calls", type=int, default=120)
    options.add_argument("--only", choices=("sqlite", "postgres"))
    wanted = options.parse_args()
    sizes = [int(size) for size in wanted.sizes.split(",")]
    with ExitStack() as stack:
        shelf = read_shelf(content_dir())
        pool = stack.enter_context(RenderPool(**printing_kit(shelf, details_of(Settings()))))
        if wanted.only != "postgres":
            measure("SQLite", stack, [None] * len(sizes), sizes, shelf, pool, wanted.calls)
        if wanted.only != "sqlite":
            with postgres.running_server() as server, ExitStack() as inner:
                urls = [inner.enter_context(server.fresh_database()) for _ in sizes]
                measure("PostgreSQL", inner, urls, sizes, shelf, pool, wanted.calls)


def measure(
    name: str,
    stack: ExitStack,
    urls: list[str | None] | list[str],
    sizes: list[int],
    shelf: Shelf,
    pool: RenderPool,
    calls: int,
) -> None:
    """Fill a database for each size, then ask for the pages in turns."""
    clinics = []
    for url, size in zip(urls, sizes, strict=True):
        start = time.perf_counter()
        clinics.append(stack.enter_context(clinic(url, size, shelf, pool)))
        print(f"{name}: {size:,} intakes in {time.perf_counter() - start:.0f} s", flush=True)
    print_plans(clinics[-1])
    print(f"{name:26} {'intakes':>9} {'p50 ms':>8} {'p95 ms':>8} {'to first':>9}")
    for label, act in ACTS.items():
        report(label, clinics, act, calls)
    sys.stdout.flush()


ACTS: dict[str, Callable[[Clinic, int], None]] = {
    "worklist, mine": Clinic.lists,
    "worklist, whole clinic": Clinic.lists_all,
    "look up one": Clinic.looks_up,
    "look up three letters": Clinic.looks_up_many,
    "patient page": Clinic.opens,
}


def report(
    label: str, clinics: list[Clinic], act: Callable[[Clinic, int], None], calls: int
) -> None:
    """Time one thing in all sizes, in turns, after a few calls to warm up."""
    taken: list[list[float]] = [[] for _ in clinics]
    for turn in range(-5, calls):
        for place, each in enumerate(clinics):
            start = time.perf_counter()
            act(each, turn)
            if turn >= 0:
                taken[place].append((time.perf_counter() - start) * 1000)
    first = statistics.median(taken[0])
    for each, times in zip(clinics, taken, strict=True):
        middle = statistics.median(times)
        late = statistics.quantiles(times, n=20)[-1]
        mark = "" if middle <= AIM * first and late < 100 else "  aim missed"
        print(
            f"{label:26} {each.size:9,} {middle:8.1f} {late:8.1f} {middle / first:9.2f}{mark}",
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
def clinic(url: str | None, size: int, shelf: Shelf, pool: RenderPool) -> Iterator[Clinic]:
    """A database with so many intakes and a few people who came three times."""
    with tempfile.TemporaryDirectory(prefix="clinic-bench-") as folder:
        settings = Settings(
            data=Path(folder) / "data", key_file=Path(folder) / "keys" / "k", database_url=url
        )
        with open_database(settings, demo_key=True) as database:
            member = hire(database, "bench", Role.CLINICIAN)
            other = hire(database, "other", Role.CLINICIAN)
            crowd.fill(database, size, [member.id, other.id], seed=size)
            people = regulars(database, shelf, member)
            app = create_app(
                settings, database=database, shelf=shelf, pool=pool, clock=lambda: crowd.NOW
            )
            worker = Worker(app, member).signs_in()
            page = worker.browser.client.get("/staff/").get_data(as_text=True)
            found = TOKEN.search(page)
            assert found
            yield Clinic(
                size, database, member, worker.browser.client, found[1], people, typed(database)
            )


def regulars(database: Database, shelf: Shelf, member: Member) -> tuple[UUID, ...]:
    """People who sent three intakes each and were confirmed as one person each."""
    sender, found = Patients(database, shelf), []
    comparing = Comparing(shelf.questionnaires, shelf.book.scores, ZONE)
    for number in range(PEOPLE):
        who = {"full-name": f"Regular Visitor{number}", "phone": f"212-555-01{number:02}"}
        sent = [
            sender.sends({**who, "peg-pain": 3 + weeks % 5}, at=crowd.NOW - timedelta(weeks=weeks))
            for weeks in (9, 6, 3)
        ]
        with database.reading() as tx:
            facts = [intakes.facts(tx, each) for each in sent]
        for later, earlier in ((1, 0), (2, 1)):
            other = facts[earlier].patient_id
            assert other
            confirm_same_person(
                database,
                sent[later],
                other,
                by=member,
                version=facts[later].version,
                comparing=comparing,
                now=crowd.NOW,
            )
        last = facts[-1].patient_id
        assert last
        found.append(last)
    return tuple(found)


def typed(database: Database) -> tuple[str, ...]:
    """What finds a few patients of the crowd: whole name, birth date, phone."""
    with database.reading() as tx:
        some = patients.search(tx, "mar", limit=4)
    texts = []
    for each in some:
        assert each.person.birth_date
        texts += [each.person.name, each.person.birth_date.isoformat(), each.person.phone]
    return tuple(texts)


if __name__ == "__main__":
    main()
