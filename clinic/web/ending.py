"""Serving until it is asked to end, and then answering what was begun.

waitress by itself drops what it has read of a request, and what it has not yet sent of an
answer. Here the door is shut first; then every request that has begun to come gets its answer,
within a bound.
"""

import threading
import time
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

LAST_SECONDS = 25
"""How long a request that was begun may take; whoever stops the program waits longer."""
STEP_SECONDS = 0.1

Map = dict[int, Any]


def run_until(server: Any, stop: threading.Event, last_seconds: float = LAST_SECONDS) -> None:
    """Serve by a server of `make_server` until it is to stop; then finish, and close it."""
    channels = sockets_of(server)
    try:
        while not stop.is_set():
            _turn(channels, server.adj.asyncore_loop_timeout if _is_one(server) else 1)
        _shut_doors(channels)
        give_up = time.monotonic() + last_seconds
        while _unfinished(channels) and time.monotonic() < give_up:
            _turn(channels, STEP_SECONDS)
    finally:
        server.task_dispatcher.shutdown()
        wasyncore.close_all(channels)


def wake(server: Any) -> None:
    """Have a server look at once whether it is to stop. May be called by a signal."""
    for each in list(sockets_of(server).values()):
        if isinstance(each, BaseWSGIServer):
            each.pull_trigger()


def sockets_of(server: Any) -> Map:
    """Give all that a server listens and answers by, be it on one address or several."""
    found: Map = server._map if _is_one(server) else server.map
    return found


def _is_one(server: Any) -> bool:
    return isinstance(server, BaseWSGIServer)


def _turn(channels: Map, seconds: float) -> None:
    wasyncore.loop(timeout=seconds, use_poll=True, map=channels, count=1)


def _shut_doors(channels: Map) -> None:
    """Take no more connections. What wakes the loop stays: answers come by it."""
    for each in list(channels.values()):
        if isinstance(each, BaseWSGIServer):
            each.accepting = False
            each.del_channel(channels)
            each.socket.close()


def _unfinished(channels: Map) -> bool:
    """Close each connection on which nothing is under way, and say whether any other is left."""
    left = False
    for channel in list(channels.values()):
        if not isinstance(channel, HTTPChannel):
            continue
        with channel.requests_lock:
            begun = bool(channel.requests) or channel.request is not None
        if begun or channel.total_outbufs_len:
            left = True
        else:
            channel.handle_close()
    return left
