"""A bounded pool of processes that make PDFs, so that pages stay fast while papers are made.

WeasyPrint holds the interpreter for as long as it lays out, and its fonts may not be shared
between threads: so one warmed process each, one document at a time in each, with a limit on
time and on memory, a temporary folder of its own, and a new process now and then.
"""

import os
import pickle
import queue
import select
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from clinic import metrics
from clinic.errors import ClinicError, Unavailable
from clinic.pdf.handout import Handout
from clinic.pdf.paper import Paper
from clinic.pdf.render import Edition
from clinic.pdf.worker import Job
from clinic.summary.model import Summary

WORKERS = min(2, os.cpu_count() or 1)
WAIT_SECONDS = 20
"""How long somebody waits for a free process."""
MAKE_SECONDS = 60
"""How long one document may take."""
DOCUMENTS = 200
"""After so many a process is replaced."""

BUSY = "Many papers are being made now. Try again in a minute."
TOO_SLOW = "The paper took too long to make. Try again in a minute."


class RenderPool:
    """Makes PDFs in other processes. The arguments are those of Renderer."""

    def __init__(
        self,
        *,
        templates: Path,
        figures: Path,
        fonts: Path,
        handouts: Mapping[str, Handout],
        logo: tuple[str, bytes] | None = None,
        workers: int = WORKERS,
    ) -> None:
        self._made_of = {
            "templates": templates,
            "figures": figures,
            "fonts": fonts,
            "handouts": dict(handouts),
            "logo": logo,
        }
        self._seats: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._seats.put(None)
        self._open = True
        self._starts = True

    @property
    def starts(self) -> bool:
        """False while processes cannot be started: the last that was to be made was not."""
        return self._starts

    def warm(self) -> None:
        """Start one process in the background, so that the first paper is quick."""
        threading.Thread(target=self._warm_one, daemon=True).start()

    def render_summary(
        self,
        summary: Summary,
        edition: Edition,
        *,
        paper: str = "letter",
        large: bool = False,
        patient_summary: Summary | None = None,
    ) -> bytes:
        """Give the PDF of a summary. Raises Unavailable: busy, too slow, or broken."""
        return self._make(Job(summary, edition, paper, large, patient_summary))

    def render_paper(self, paper: Paper) -> bytes:
        """Give the PDF of a small paper. Raises Unavailable: busy, too slow, or broken."""
        return self._make(paper)

    def _make(self, job: Job | Paper) -> bytes:
        worker = self._seat()
        try:
            worker = worker or self._started()
            with metrics.papers_at_work.track_inprogress():
                answer = worker.answer(job, MAKE_SECONDS)
        except (OSError, EOFError, pickle.UnpicklingError, _TooSlow):
            if worker is not None:
                worker.end()
            worker = None
            metrics.papers_total.labels(metrics.REFUSED).inc()
            raise Unavailable(TOO_SLOW) from None
        finally:
            self._leave(worker)
        metrics.papers_total.labels(metrics.MADE).inc()
        if isinstance(answer, ClinicError):
            raise answer
        return bytes(answer)

    def close(self) -> None:
        """End every process that is not at work; those at work end with their document."""
        self._open = False
        for _ in range(self._seats.qsize()):
            worker = self._seats.get_nowait()
            if worker is not None:
                worker.end()

    def __enter__(self) -> "RenderPool":
        """Give the pool."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the pool."""
        self.close()

    def _seat(self) -> "_Worker | None":
        try:
            return self._seats.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            metrics.papers_total.labels(metrics.REFUSED).inc()
            raise Unavailable(BUSY) from None

    def _started(self) -> "_Worker":
        """Start a process, and note whether that can be done."""
        try:
            worker = _Worker(self._made_of)
        except BaseException:
            self._starts = False
            raise
        self._starts = True
        return worker

    def _leave(self, worker: "_Worker | None") -> None:
        if worker is not None and (worker.made >= DOCUMENTS or not self._open):
            worker.end()
            worker = None
        self._seats.put(worker)

    def _warm_one(self) -> None:
        worker = self._seat()
        try:
            worker = worker or self._started()
        except (OSError, EOFError, pickle.UnpicklingError, _TooSlow):
            worker = None
        finally:
            self._leave(worker)


class _TooSlow(Exception):
    """A process did not answer in time."""


class _Worker:
    """One process and its temporary folder."""

    def __init__(self, made_of: Mapping[str, Any]) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="clinic-pdf-")
        self.made = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "clinic.pdf.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "TMPDIR": self.folder.name},
        )
        try:
            self.answer(made_of, MAKE_SECONDS)
        except BaseException:
            self.end()
            raise
        self.made = 0

    def answer(self, question: object, seconds: float) -> Any:
        """Give what the process answers. Raises _TooSlow, OSError, EOFError."""
        asked, answers = self.process.stdin, self.process.stdout
        if asked is None or answers is None:
            raise EOFError
        pickle.dump(question, asked)
        asked.flush()
        if not select.select([answers], [], [], seconds)[0]:
            raise _TooSlow
        self.made += 1
        return pickle.load(answers)  # nosec B301  # noqa: S301  our own process wrote it

    def end(self) -> None:
        """End the process by its id, and take its folder away."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        self.folder.cleanup()
