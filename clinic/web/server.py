"""Serving with waitress: one process, a few threads, and no request that can be read two ways."""

import sys
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server

from clinic.web.visit import house_of

THREADS = 8
SWITCH_SECONDS = 0.0005
"""How long a thread computes before another may: all wait for the one that writes."""
CONNECTIONS = 300
IDLE_SECONDS = 30
MAX_BODY_BYTES = 2 * 1024 * 1024
"""Twice what the app takes, so that a body somewhat too large is refused by a page in words."""
MAX_HEADER_BYTES = 32 * 1024
MAX_HEADERS = 100


class StrictParser(HTTPRequestParser):
    """Refuses a request that states its length in two ways, and one with too many headers.

    A proxy and a server that believe different lengths read different requests (request
    smuggling); waitress itself answered such a request twice when it was tried.
    """

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header as waitress does. Raises ParsingError."""
        names = [line.partition(b":")[0].strip().lower() for line in header_plus.split(b"\r\n")[1:]]
        if len(names) > MAX_HEADERS:
            raise ParsingError("This request has too many headers.")
        lengths = names.count(b"content-length")
        if lengths > 1 or (lengths and b"transfer-encoding" in names):
            raise ParsingError("The length of this request is given in two ways.")
        super().parse_header(header_plus)


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
        max_request_body_size=MAX_BODY_BYTES,
        max_request_header_size=MAX_HEADER_BYTES,
        ident=None,
        clear_untrusted_proxy_headers=not house_of(app).settings.behind_tls,
    )
    server.channel_class = Channel
    return server


def serve(app: Flask, server: Any) -> None:
    """Serve an app by a server of `make_server` until the process is told to stop."""
    sys.setswitchinterval(SWITCH_SECONDS)
    pool = house_of(app).pool
    pool.warm()
    try:
        server.run()
    finally:
        server.close()
        pool.close()
