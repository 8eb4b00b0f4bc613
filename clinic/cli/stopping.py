"""How long commands end when they are asked to: between two steps, and not within one."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def ends_when_asked(
    stop: threading.Event, tell: Callable[[], object] | None = None
) -> Iterator[None]:
    """Have SIGTERM and Ctrl-C end work between two steps of it: a mail broken off is doubled.

    `tell` wakes what would not look at `stop` by itself. Asked a second time, the process ends
    at once.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def again() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def ask(*_: object) -> None:
        stop.set()
        if tell is not None:
            tell()
        again()

    for number in before:
        signal.signal(number, ask)
    try:
        yield
    finally:
        again()
