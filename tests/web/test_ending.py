"""A server that is told to stop answers what was begun, takes nothing new, and ends in time."""

import socket
import threading
import time

import pytest
from flask import request

from clinic.web.ending import run_until, wake
from clinic.web.security import Audience, open_to, without_token
from clinic.web.server import make_server

HEAD = "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"


class Running:
    """A server at work in a thread of its own."""

    def __init__(self, app, last_seconds):
        self.server = make_server(app, "127.0.0.1", 0)
        self.port = self.server.effective_port
        self.stop = threading.Event()
        arguments = (self.server, self.stop, last_seconds)
        self.thread = threading.Thread(target=run_until, args=arguments, daemon=True)
        self.thread.start()

    def is_told_to_stop(self):
        self.stop.set()
        wake(self.server)

    def connection(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)

    def ends(self, seconds=5):
        self.thread.join(timeout=seconds)
        return not self.thread.is_alive()


@pytest.fixture
def begun():
    return threading.Event()


@pytest.fixture
def may_end():
    return threading.Event()


@pytest.fixture
def running(app, begun, may_end):
    @open_to(Audience.PUBLIC)
    @without_token
    def slow():
        begun.set()
        may_end.wait(5)
        return f"done {len(request.get_data())}"

    app.add_url_rule("/slow", "slow", slow, methods=["GET", "POST"])
    app.extensions["csrf"].exempt(slow)
    running = Running(app, last_seconds=1)
    yield running
    may_end.set()
    running.is_told_to_stop()
    running.ends()


def read(connection):
    answer = b""
    while chunk := connection.recv(65536):
        answer += chunk
    return answer


def test_a_request_that_is_being_answered_gets_its_answer(running, begun, may_end):
    with running.connection() as connection:
        connection.sendall(HEAD.format(method="GET", path="/slow", length=0).encode())
        begun.wait(5)
        running.is_told_to_stop()
        time.sleep(0.1)
        with pytest.raises(OSError, match="refused"):
            running.connection()
        may_end.set()
        answer = read(connection)

    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"done 0")
    assert running.ends()


def test_a_post_that_has_come_in_half_is_read_to_its_end_and_answered(running, may_end):
    may_end.set()
    with running.connection() as connection:
        connection.sendall(HEAD.format(method="POST", path="/slow", length=10).encode() + b"12345")
        time.sleep(0.1)
        running.is_told_to_stop()
        time.sleep(0.1)
        connection.sendall(b"67890")

        assert read(connection).endswith(b"done 10")
    assert running.ends()


def test_a_connection_on_which_nothing_is_under_way_holds_nothing_up(running):
    with running.connection() as kept:
        kept.sendall(HEAD.format(method="GET", path="/healthz", length=0).encode())
        assert kept.recv(65536).startswith(b"HTTP/1.1 200")
        began = time.monotonic()
        running.is_told_to_stop()

        assert running.ends()
        assert time.monotonic() - began < 0.9  # the bound of this server is a second


def test_a_visitor_who_never_comes_to_an_end_is_not_waited_for_without_a_bound(running):
    with running.connection() as slow:
        slow.sendall(b"POST /slow HTTP/1.1\r\nHost: loc")
        time.sleep(0.1)
        running.is_told_to_stop()

        assert running.ends()
