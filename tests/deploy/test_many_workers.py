"""Two workers behind nginx on one PostgreSQL stay up, whatever dies under them.

The tests of this file share what they start, and stand in the order in which they run.
"""

import re
import signal
import socket
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
import pytest

from clinic.intake import IntakeState
from clinic.store import audit_chain, intakes
from clinic.store.database import open_database
from clinic.store.verify import verify
from clinic.web.security import HSTS_SECONDS, SAME_FOR_ALL
from tests import postgres
from tests.deploy import served as deploy
from tests.deploy.served import posted
from tests.prepared import shipped_shelf
from tests.web.patient import plain_answers

pytestmark = [pytest.mark.proof, pytest.mark.postgres]

PATIENTS = 3
SLOW = 200
PAGE_SECONDS = 5
"""A page is there within this time, also on a machine that is busy with all of this."""
AWAY_SECONDS = 5
MOST_PAGES = 60
FIRST_STEP = "/intake/about-you"


@pytest.fixture(scope="module")
def cluster():
    if not (postgres.find("initdb") and postgres.find("postgres")):
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with deploy.own_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def served(cluster):
    if deploy.nginx_program() is None:
        pytest.skip("nginx is not installed: apt-get install nginx")
    with deploy.deployed(cluster.server.url("clinic")) as served:
        yield served


@pytest.fixture(scope="module")
def crowd(served):
    """Patients who fill in and send forms one after the other, for as long as the tests run."""
    crowd = Crowd(served)
    yield crowd
    crowd.goes_home()


class Crowd:
    """Some patients, who try again what was refused, and note what was said yes to."""

    def __init__(self, served):
        self.served = served
        self.refused = []
        self.begun = set()
        self.sent = set()
        self.over = threading.Event()
        self.faults = []
        self.threads = [
            threading.Thread(target=self._comes, args=(number,)) for number in range(PATIENTS)
        ]
        for thread in self.threads:
            thread.start()

    def goes_home(self):
        """Have everybody finish the form at hand, and wait for it."""
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=180)

    def works_on(self, number, seconds=120):
        """Wait until so many more forms were sent."""
        wanted, give_up = len(self.sent) + number, time.monotonic() + seconds
        while len(self.sent) < wanted and time.monotonic() < give_up and not self.faults:
            time.sleep(0.1)
        assert not self.faults, self.served.incidents()
        assert len(self.sent) >= wanted

    def _comes(self, number):
        try:
            for turn in range(1000):
                if self.over.is_set():
                    return
                self._fills_in(f"Load {number} Turn {turn}")
        except BaseException as fault:
            self.faults.append(repr(fault))
            raise

    def _fills_in(self, name):
        visitor = self.served.visitor()
        answers = {**plain_answers(), "agree": ["yes"], "name": [name], "full-name": [name]}
        path = "/intake/"
        for _ in range(MOST_PAGES):
            if path == "/intake/done":
                self.sent.add(name)
                return
            page = self._asks(visitor, "GET", path)
            form = page.form()
            assert form is not None, (path, page.status, page.text[:2000])
            action = str(form.get("action") or path)
            answer = self._asks(visitor, "POST", action, posted(form, answers))
            assert answer.status == 303, (path, answer.status, answer.text[:4000])
            is_first = name not in self.begun
            self.begun.add(name)
            path = FIRST_STEP if is_first else re.sub(r"^https?://[^/]*", "", answer.location)
        raise AssertionError(f"{name} did not come to the end")

    def _asks(self, visitor, method, path, fields=()):
        """Ask until there is an answer that is no 503, as somebody who wants to go on would."""
        give_up = time.monotonic() + 120
        while time.monotonic() < give_up:
            try:
                answer = visitor.post(path, fields) if method == "POST" else visitor.get(path)
            except OSError as fault:
                self.refused.append(type(fault).__name__)
            else:
                if answer.status != 503:
                    return answer
                self.refused.append(503)
                assert int(answer.headers["Retry-After"]) > 0
            time.sleep(0.3)
        raise AssertionError(f"{method} {path} is not answered any more")


def tell(words):
    """Say a figure for docs/reliability.md; `pytest -s` shows it."""
    sys.stdout.write(f"\n{words}\n")


def until(found, seconds=30):
    """Wait until something is found, and give how long that took."""
    began = time.monotonic()
    while not found():
        assert time.monotonic() - began < seconds
        time.sleep(0.1)
    return time.monotonic() - began


def assert_has_all_headers(answer):
    """Also a page of nginx's own, or of a worker that waits, has what every page has."""
    for name, value in SAME_FOR_ALL.items():
        assert answer.headers.get_all(name) == [value], name
    assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "charset=utf-8" in answer.headers["Content-Type"]


def is_ready(served):
    with suppress(OSError):
        return served.visitor().get("/readyz").status == 200
    return False


def test_slow_visitors_keep_nobody_waiting(served):
    """Half of them send a header, half a body, a byte at a time; each from one of many places."""
    with ThreadPoolExecutor(20) as openers:
        slow = list(
            openers.map(lambda each: served.connection(f"127.0.{each % 50 + 1}.1"), range(SLOW))
        )
    whole = "POST /intake/ HTTP/1.1\r\nHost: clinic.example\r\nContent-Length: 5000\r\n\r\n"
    for each, connection in enumerate(slow):
        connection.sendall(whole.encode() if each % 2 else b"GET /")
    closed = set()
    took = []
    began = time.monotonic()
    while time.monotonic() - began < 14:
        for each, connection in enumerate(slow):
            try:
                connection.sendall(b"a")
            except OSError:
                closed.add(each)
        started = time.monotonic()
        assert served.visitor().get("/intake/").status == 200
        took.append(time.monotonic() - started)
    for connection in slow:
        connection.close()

    tell(f"{len(took)} pages beside {SLOW} slow visitors, the slowest in {max(took):.2f} s")
    assert max(took) < PAGE_SECONDS, took
    assert len([each for each in closed if each % 2 == 0]) == SLOW / 2  # ten seconds for a header


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
        "Content-Length: 6\r\nContent-Length: 5\r\n",
    ],
)
def test_a_request_with_two_lengths_is_refused_before_it_reaches_a_worker(served, lengths):
    smuggled = "0\r\n\r\nGET /privacy HTTP/1.1\r\nHost: clinic.example\r\n\r\n"
    with served.connection() as connection:
        connection.sendall(
            f"POST /intake/ HTTP/1.1\r\nHost: clinic.example\r\n{lengths}\r\n{smuggled}".encode()
        )
        answer = b""
        with suppress(TimeoutError, OSError):
            while chunk := connection.recv(65536):
                answer += chunk

    assert answer.split(b" ")[1] == b"400"
    assert answer.count(b"HTTP/1.1 ") == 1


def test_nobody_but_the_proxy_says_who_asks_or_by_what_name(served):
    lies = {
        "X_Forwarded_For": "203.0.113.9",
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Prefix": "/evil",
        "X_Request_ID": "f" * 32,
        "Forwarded": "host=evil.example",
    }
    assert_has_all_headers(served.visitor().get("/"))
    assert_has_all_headers(served.visitor().get("/nope"))
    answer = served.visitor().asks("GET", "/staff/", **lies)

    assert answer.status == 303
    assert "evil" not in answer.location + answer.text
    assert "f" * 32 not in served.log()
    misled = served.visitor().asks("GET", "/", Host="evil.example")
    assert (misled.status, "nginx/" in misled.text) == (421, False)
    with pytest.raises(OSError, match="unrecognized name"):
        served.trust.wrap_socket(
            socket.create_connection(("127.0.0.1", served.port)), server_hostname="evil.example"
        )


def test_no_token_and_no_word_of_a_visitor_stands_in_any_log(served):
    visitor = served.visitor()
    for path in ("/i/canary-7", "/es/r/canary-7", "/canary-7?canary-7=1", "/intake/canary-7"):
        visitor.asks("GET", path, Referer="https://x/canary-7", User_Agent="canary-7")
    visitor.post("/r/canary-7/report", [("words", "canary-7")])
    with suppress(OSError):
        visitor.asks("CANARY", "/canary-7")
    with served.connection() as connection:
        connection.sendall(b"GET /canary-7 HTTP/1.1\r\nHost: canary-7\r\ncanary-7\r\n\r\n")
        connection.recv(100)

    for path in served.folder.glob("*.log"):
        assert "canary" not in path.read_text().lower(), path
    assert '"route": "/i/<token>"' in served.log()
    with urllib.request.urlopen(f"http://127.0.0.1:{served.metrics_port}/metrics") as answer:
        told = answer.read().decode()
    assert "canary" not in told.lower()
    assert 'clinic_requests_total{method="GET",route="unmatched",status="404"}' in told


def test_a_body_that_is_too_large_is_refused_in_words(served):
    body = b"a" * (3 * 1024 * 1024)
    answer = served.visitor().asks("POST", "/intake/", body)

    assert answer.status == 413
    assert_has_all_headers(answer)
    assert "That was too much at once" in answer.text
    assert "Eso fue demasiado de una vez" in answer.text


def test_a_worker_that_is_killed_is_missed_by_nobody(served, crowd):
    crowd.works_on(PATIENTS)
    victim, other = served.workers()
    with suppress(ProcessLookupError):
        deploy.kill(victim)
    until(lambda: victim not in served.workers() and len(served.workers()) == 2)

    assert other in served.workers()
    assert served.visitor().get("/").status == 200
    crowd.works_on(PATIENTS)


def test_the_other_worker_goes_on_telling_the_figures(served):
    address = f"http://127.0.0.1:{served.metrics_port}/metrics"

    def told():
        with suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            return b"clinic_database_up 1.0" in answer.read()
        return False

    until(told)


def test_without_its_database_it_says_so_keeps_what_was_typed_and_comes_back_by_itself(
    served, cluster, crowd
):
    typist = served.visitor()
    form = typist.get("/es/intake/").form()
    answer = typist.post("/es/intake/", posted(form, {"agree": ["yes"], "name": ["Ada"]}))
    assert answer.status == 303
    form = typist.get(f"/es{FIRST_STEP}").form()
    words = posted(form, {**plain_answers(), "full-name": ["Ada Typed"]})
    before = served.workers()
    assert len(before) == 2

    cluster.stop()
    for _ in range(3):
        began = time.monotonic()
        assert served.visitor().get("/readyz").status == 503
        assert time.monotonic() - began < AWAY_SECONDS
    began = time.monotonic()
    refused = typist.post(f"/es{FIRST_STEP}", words)
    tell(f"a post without the database was answered in {time.monotonic() - began:.2f} s")
    assert time.monotonic() - began < AWAY_SECONDS
    assert (refused.status, int(refused.headers["Retry-After"]) > 0) == (503, True)
    assert "En este momento no podemos guardar ni abrir nada" in refused.text
    again = posted(refused.form(), {})
    assert ("full-name", "Ada Typed") in again
    assert typist.get("/stretches/").status == 200
    # Both die while there is nothing to start with: their heirs say so, and wait.
    for each in before:
        deploy.kill(each)
    until(lambda: served.visitor().get("/").status == 503)
    until(lambda: "database.away" in served.log())
    waits = served.visitor().get("/es/intake/")
    assert (waits.status, int(waits.headers["Retry-After"]) > 0) == (503, True)
    assert "En este momento no podemos guardar ni abrir nada" in waits.text
    assert_has_all_headers(waits)
    cluster.start()

    took = until(lambda: is_ready(served), seconds=20)
    tell(f"ready {took:.1f} s after the database was back, both workers made anew")
    assert served.gunicorn.poll() is None
    assert typist.post(f"/es{FIRST_STEP}", again).status == 303
    crowd.works_on(PATIENTS)
    assert 503 in crowd.refused


def test_nothing_that_was_said_yes_to_is_lost_or_there_twice(served, crowd, tmp_path):
    crowd.goes_home()
    assert not crowd.faults, served.incidents()
    settings, anchor = served.settings, tmp_path / "audit.head"
    with open_database(settings) as database:
        while audit_chain.seal(database, anchor):
            pass
        with database.reading() as tx:
            rows = list(intakes.listing(tx, limit=10_000))
            kept = [intakes.load(tx, row.id, shipped_shelf().questionnaires) for row in rows]
        assert verify(database, anchor).ok
    names = [str(intake.response.answers.get("full-name", ("",))[0]) for intake in kept]
    sent = [name for name, row in zip(names, rows, strict=True) if row.state != IntakeState.DRAFT]

    tell(f"sent {len(crowd.sent)}, kept {len(sent)}; refused {len(crowd.refused)} times")
    assert sorted(sent) == sorted(crowd.sent)
    assert len(crowd.sent) >= 3 * PATIENTS
    assert sorted(name for name in names if name.startswith("Load")) == sorted(crowd.begun)


def test_what_is_begun_is_finished_when_it_is_told_to_stop(served, cluster):
    visitor = served.visitor()
    form = visitor.get("/intake/").form()
    visitor.post("/intake/", posted(form, {"agree": ["yes"], "name": ["Last"]}))
    form = visitor.get(FIRST_STEP).form()
    fields = posted(form, {**plain_answers(), "full-name": ["Last One"]})
    with (
        psycopg.connect(cluster.server.url("clinic").replace("+psycopg", "")) as holder,
        ThreadPoolExecutor(1) as poster,
    ):
        holder.execute("LOCK TABLE intake IN EXCLUSIVE MODE")
        waiting = poster.submit(visitor.post, FIRST_STEP, fields)
        time.sleep(1)
        served.gunicorn.send_signal(signal.SIGTERM)
        time.sleep(1)
        assert not waiting.done()
        holder.rollback()
        assert waiting.result(timeout=20).status == 303
    began = time.monotonic()
    assert served.gunicorn.wait(timeout=20) == 0
    tell(f"stopped {time.monotonic() - began:.1f} s after the last answer")
    refused = served.visitor().get("/")
    assert (refused.status, refused.headers["Retry-After"]) == (503, "10")
    assert "vuelva a cargar esta página" in refused.text
    assert_has_all_headers(refused)
    assert refused.headers.get_all("Strict-Transport-Security") == [
        f"max-age={HSTS_SECONDS}; includeSubDomains"
    ]
