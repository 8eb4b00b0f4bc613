"""A body that is too large is read to its end by the server, and answered by a page in words."""

import http.client
import re
import select
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
import waitress.buffers
import werkzeug.formparser
from flask import Flask
from werkzeug.test import encode_multipart

from clinic.web import server
from clinic.web.security import Audience, open_to
from clinic.web.server import KEPT_BYTES, MAX_BODY_BYTES, MAX_REPORT_BYTES, make_server
from tests.web.loop import Loop
from tests.web.staff import Patients

MEGABYTE = 1024 * 1024


@contextmanager
def served(app: Flask) -> Iterator[int]:
    server = make_server(app, "127.0.0.1", 0)

    def run() -> None:
        with suppress(OSError):  # its socket is closed under it when the test is over
            server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.task_dispatcher.shutdown()
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()
        thread.join(timeout=5)


@pytest.fixture
def connection(app) -> Iterator[http.client.HTTPConnection]:
    with served(app) as port:
        opened = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        yield opened
        asks(opened, "GET", "/healthz", Connection="close")  # the server lets go of it too
        opened.close()


@pytest.fixture
def address(database, shelf, clock) -> str:
    loop = Loop(database, Patients(database, shelf).sends(), clock.now).sends()
    return f"/r/{loop.door.token}"


def asks(connection, method, path, body=b"", **headers) -> tuple[int, str]:
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode("utf-8", "replace")


def report(size: int, words: str) -> tuple[bytes, dict[str, str]]:
    kind = "multipart/form-data; boundary=line"
    _, body = encode_multipart({"version": "4", "words": words}, "line")
    head = body.removesuffix(b"--line--\r\n")
    file = b'--line\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    return head + file + b"x" * size + b"\r\n--line--\r\n", {"Content-Type": kind}


def test_a_report_of_fifty_megabytes_is_answered_in_words_that_keep_what_was_typed(
    connection, address
):
    body, headers = report(50 * MEGABYTE, "As attached, my dear.")
    status, page = asks(connection, "POST", f"{address}/report", body, **headers)

    assert status == 413
    assert "This file is larger than 10 MB." in page
    assert asks(connection, "GET", "/healthz")[0] == 200  # on the same connection


def test_no_part_of_what_comes_or_goes_lies_in_a_temporary_file(app, address, monkeypatch):
    """Whatever lays one down fails here: a report of the largest size, and an answer as large."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file was asked for")

    for module in (tempfile, waitress.buffers, werkzeug.formparser):
        for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile"):
            monkeypatch.setattr(module, name, refuse, raising=False)
    large = open_to(Audience.PUBLIC)(lambda: "x" * 4 * MEGABYTE)
    app.add_url_rule("/large", "large", view_func=large)
    body, headers = report(9 * MEGABYTE, "As attached.")
    with served(app) as port:
        opened = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        assert asks(opened, "POST", f"{address}/report", body, **headers)[0] == 400
        assert len(asks(opened, "GET", "/large", Connection="close")[1]) == 4 * MEGABYTE


def test_bodies_that_come_all_at_once_fill_no_memory(app, monkeypatch):
    monkeypatch.setattr(server, "MOST_HELD_BYTES", 4 * MEGABYTE)
    head = b"POST /intake/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n"
    with served(app) as port, ExitStack() as stack:
        talks = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            for _ in range(3)
        ]
        for talk in talks:
            with suppress(ConnectionError):
                talk.sendall(head + b"x" * 1_900_000)
        answered, _, _ = select.select(talks, [], [], 20)
        assert answered  # one at least; two may be over the most at the same moment
        assert {status_of(talk) for talk in answered} <= {b"503", b""}

        opened = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        small = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
        assert asks(opened, "POST", "/intake/", b"name=x", **small)[0] == 400


def test_any_other_large_body_is_answered_in_words_too(connection, address):
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in ("/intake/", f"{address}/decline"):
        status, page = asks(
            connection, "POST", path, b"words=" + b"x" * (MAX_BODY_BYTES + KEPT_BYTES), **kind
        )
        assert status == 413
        assert re.search(r"<h1[^>]*>\s*\w", page)


@pytest.mark.parametrize("language", ["", "/es"])
def test_a_report_may_be_larger_than_a_form(connection, address, language):
    body, headers = report(MAX_REPORT_BYTES - 3 * MEGABYTE, "As attached.")
    status, _ = asks(connection, "POST", f"{language}{address}/report", body, **headers)

    assert status == 400  # it carries no token, and that was read


def status_of(talk: socket.socket) -> bytes:
    """Read to the end, so that the server lets go of the connection too."""
    answer = b""
    try:
        while more := talk.recv(65536):
            answer += more
    except ConnectionError:
        pass
    return answer.split(b" ")[1] if answer else b""


def test_a_body_that_does_not_say_its_length_ends_at_the_same_place(app):
    chunk = b"%x\r\n" % MEGABYTE + b"x" * MEGABYTE + b"\r\n"
    head = b"POST /intake/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    taken = 0
    with served(app) as port, socket.create_connection(("127.0.0.1", port), timeout=20) as talk:
        talk.sendall(head)
        try:
            for _ in range(64):
                talk.sendall(chunk)
                taken += 1
        except ConnectionError:
            pass
        assert status_of(talk) in (b"413", b"")
    assert taken < 64


def test_a_body_beyond_all_measure_is_not_even_read(app):
    head = b"POST /r/x/report HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999999\r\n\r\n"
    with served(app) as port, socket.create_connection(("127.0.0.1", port), timeout=20) as talk:
        talk.sendall(head)

        assert status_of(talk) == b"413"
