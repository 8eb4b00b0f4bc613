"""What is written to the log: one JSON object a line, of known keys alone.

A log is read by more people, and kept for longer, than a record. So a line holds what the
program says of itself (which route, how it went, where something broke) and never what
somebody typed: a key that is not named here is left out, and of a line that a library writes
its words are left out, but for those known to name nothing but processes and signals.
"""

import logging
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

ALLOWED = (
    *("at", "level", "event", "request", "route", "method", "status", "ms"),
    *("incident", "kind", "place", "part", "error", "library", "said"),
)
"""The keys that a line may have, in order. None is ever given what somebody sent."""
LONGEST = 160
PACKAGE = Path(__file__).parent
SAYABLE = frozenset(
    {
        "Starting gunicorn %s",
        "Listening at: %s (%s)",
        "Using worker: %s",
        "Booting worker with pid: %s",
        "Worker exiting (pid: %s)",
        "Handling signal: %s",
        "Shutting down: %s",
        "Worker (pid:%s) was sent %s!",
        "Worker (pid:%s) was sent SIG%s!",
        "Worker (pid:%s) exited with code %s.",
        "WORKER TIMEOUT (pid:%s)",
        "Autorestarting worker after current request.",
        "Task queue depth is %d",
        "%d thread(s) still running",
        "Canceling %d pending task(s)",
    }
)
"""Words of libraries that name processes, signals and counts, and nothing that was sent."""

log = structlog.get_logger()


def begin() -> None:
    """Let this process write such lines, and no others, to standard error. May be called twice."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            only_allowed,
            structlog.processors.JSONRenderer(sort_keys=False),
        ],
        logger_factory=Lines,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    if not any(isinstance(each, OfLibraries) for each in root.handlers):
        root.addHandler(OfLibraries(logging.WARNING))
    logging.captureWarnings(capture=True)


def tell_of_faults() -> None:
    """Have what nobody caught leave its place in the log, in place of its words."""
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def place_of(error: BaseException | None) -> str:
    """Give the innermost line of ours that an error went through."""
    place = ""
    for frame in traceback.extract_tb(error.__traceback__ if error else None):
        file = Path(frame.filename)
        if file.is_relative_to(PACKAGE):
            place = f"{file.relative_to(PACKAGE).as_posix()}:{frame.lineno}"
    return place


def only_allowed(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Leave out of a line what is not allowed, and of a long word its end."""
    return {key: _short(line[key]) for key in ALLOWED if key in line}


def _short(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:LONGEST]


class Lines:
    """Writes whole lines to whatever standard error is at that moment."""

    _turn = threading.Lock()

    def __init__(self, *_: object) -> None:
        """Take what structlog gives, and need none of it."""

    def msg(self, line: str) -> None:
        """Write a line."""
        with self._turn:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    log = debug = info = warning = error = critical = exception = msg


class OfLibraries(logging.Handler):
    """Writes that a library had something to say, where, and of which fault; seldom what."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line for a record of the standard library's logging."""
        fault = record.exc_info[1] if record.exc_info else None
        line: dict[str, Any] = {
            "library": record.name,
            "place": place_of(fault) or f"{record.module}:{record.lineno}",
        }
        if fault is not None:
            line["kind"] = type(fault).__name__
        if record.msg in SAYABLE:
            line["said"] = record.getMessage()
        log.log(record.levelno, "library", **line)


def _uncaught(
    kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        log.critical("ended", kind=kind.__name__, place=place_of(error))


def _uncaught_in_thread(about: threading.ExceptHookArgs) -> None:
    log.critical("thread.ended", kind=about.exc_type.__name__, place=place_of(about.exc_value))
