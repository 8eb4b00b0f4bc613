"""Serving with waitress: one process, a few threads, and no request that can be read two ways."""

import re
import sys
import threading
import weakref
from io import BytesIO
from typing import Any, ClassVar

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server
from waitress.utilities import Error, RequestEntityTooLarge

from clinic.web.ending import run_until
from clinic.web.visit import house_of

THREADS = 8
SWITCH_SECONDS = 0.0005
"""How long a thread computes before another may: all wait for the one that writes."""
CONNECTIONS = 300
IDLE_SECONDS = 30
MAX_BODY_BYTES = 2 * 1024 * 1024
"""Twice what the app takes of a form."""
MAX_REPORT_BYTES = 12 * 1024 * 1024
"""More than a receiver's report may have; the app counts it to the byte."""
REPORT_PATH = re.compile(r"(/[a-z]{2})?/r/[^/]+/report")
MAX_READ_BYTES = 64 * 1024 * 1024
"""A body up to this size is read to its end and thrown away, so that the browser, which has
to send all of it first, is answered by a page in words."""
KEPT_BYTES = 256 * 1024
"""So much of a body that is thrown away is kept: the words that stand before a file."""
MOST_HELD_BYTES = 128 * 1024 * 1024
"""So much of all bodies together: ten reports of the largest size that come at one moment.

They are held in memory, since a temporary file would hold what patients typed in the clear.
"""
SMALL_BYTES = 128 * 1024
"""A body up to this size, such as that of any form, is taken even then."""
MAX_HEADER_BYTES = 32 * 1024
MAX_HEADERS = 100


class Busy(Error):
    """Too many large bodies arrive at one moment."""

    code = 503
    reason = "Service Unavailable"


class ThrownAway:
    """Receives a body that is too large: counts it, and keeps the start of it alone."""

    error = None

    def __init__(self, length: int) -> None:
        self.remain = length
        self.kept = BytesIO()
        self.completed = False

    def __len__(self) -> int:
        return self.kept.tell()

    def received(self, data: bytes) -> int:
        """Take what came, and give how much of it belongs to this body."""
        taken = min(len(data), self.remain)
        room = max(0, KEPT_BYTES - self.kept.tell())
        self.kept.write(data[: min(taken, room)])
        self.remain -= taken
        self.completed = self.remain == 0
        return taken

    def getfile(self) -> BytesIO:
        """Give the start of the body, to be read."""
        self.kept.seek(0)
        return self.kept

    def getbuf(self) -> "ThrownAway":
        """Give what waitress closes in the end."""
        return self

    def close(self) -> None:
        """Let go of what was kept."""
        self.kept.close()


class StrictParser(HTTPRequestParser):
    """Refuses a request that states its length or its host in two ways, or has too many headers.

    A proxy and a server that believe different lengths read different requests (request
    smuggling); waitress itself answered such a request twice when it was tried.
    """

    _all: ClassVar["weakref.WeakSet[StrictParser]"] = weakref.WeakSet()

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self._all.add(self)

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header as waitress does. Raises ParsingError."""
        names = [line.partition(b":")[0].strip().lower() for line in header_plus.split(b"\r\n")[1:]]
        if len(names) > MAX_HEADERS:
            raise ParsingError("This request has too many headers.")
        lengths = names.count(b"content-length")
        if lengths > 1 or (lengths and b"transfer-encoding" in names):
            raise ParsingError("The length of this request is given in two ways.")
        super().parse_header(header_plus)
        if self.proxy_netloc and self.proxy_netloc != self.headers.get("HOST"):
            raise ParsingError("The host of this request is given in two ways.")
        most = MAX_REPORT_BYTES if REPORT_PATH.fullmatch(self.path) else MAX_BODY_BYTES
        if not self.chunked and self.content_length >= most:
            self.body_rcv = ThrownAway(self.content_length)

    def received(self, data: bytes) -> int:
        """Read on; a body that does not say its length ends where the others do."""
        consumed: int = super().received(data)
        if self.chunked and self.body_bytes_received >= MAX_BODY_BYTES:
            self.error = RequestEntityTooLarge("This request is too large.")
            self.completed = True
        if self._held > SMALL_BYTES and sum(each._held for each in self._all) > MOST_HELD_BYTES:
            self.error = Busy("Too much arrives at once. Try again in a minute.")
            self.completed = True
        return consumed

    @property
    def _held(self) -> int:
        """How much of its body is in memory."""
        return len(self.body_rcv) if self.body_rcv is not None else 0


class Channel(HTTPChannel):
    """A connection that reads with our parser."""

    parser_class = StrictParser


def make_server(app: Flask, host: str, port: int) -> Any:
    """Give a waitress server, listening and not yet running; `run()` serves.

    Behind TLS the proxy's word for the visitor's address is kept: without it everybody would
    share one address, and one person's guesses would shut the door for all.
    """
    server = create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        max_request_body_size=MAX_READ_BYTES,
        max_request_header_size=MAX_HEADER_BYTES,
        # Beyond these waitress would lay what comes and goes into temporary files.
        inbuf_overflow=MAX_READ_BYTES,
        outbuf_overflow=MAX_READ_BYTES,
        ident=None,
        clear_untrusted_proxy_headers=not house_of(app).settings.behind_tls,
    )
    server.channel_class = Channel
    return server


def serve(app: Flask, server: Any, stop: threading.Event) -> None:
    """Serve an app by a server of `make_server` until it is to stop, and finish what was begun."""
    sys.setswitchinterval(SWITCH_SECONDS)
    pool = house_of(app).pool
    pool.warm()
    try:
        run_until(server, stop)
    finally:
        pool.close()
