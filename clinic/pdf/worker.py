"""A process that makes PDFs, one after the other: `python -m clinic.pdf.worker`.

It reads pickles from standard input (first what a Renderer is made of, then one job after
the other) and writes pickles to standard output. It is started by RenderPool alone, and
ends when its input does. Its memory is limited, so that no document can take the machine.
"""

import os
import pickle
import resource
import sys
from dataclasses import dataclass
from typing import Any, BinaryIO

from clinic.errors import ClinicError, Unavailable
from clinic.pdf.paper import Paper, render_paper
from clinic.pdf.render import Edition, Renderer, warmed
from clinic.summary.model import Summary

MEMORY_BYTES = 1536 * 1024 * 1024
BROKEN = "The paper could not be made."


@dataclass(frozen=True, slots=True)
class Job:
    """One summary to print."""

    summary: Summary
    edition: Edition
    paper: str
    large: bool
    patient_summary: Summary | None


def main() -> None:
    """Make documents until the input ends. Whatever fails is answered, without its words."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    jobs = sys.stdin.buffer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    given = _read(jobs)
    if given is None:
        return
    renderer = warmed(Renderer(**given))
    _answer(answers, "ready")
    while (job := _read(jobs)) is not None:
        _answer(answers, _made(renderer, job))


def _read(jobs: BinaryIO) -> Any:
    """Give what the pool wrote; nothing once it has ended, be it in the midst of writing."""
    try:
        return pickle.load(jobs)  # nosec B301  # noqa: S301  our own process wrote it
    except (EOFError, pickle.UnpicklingError):
        return None


def _made(renderer: Renderer, job: Job | Paper) -> bytes | ClinicError:
    try:
        if isinstance(job, Paper):
            return render_paper(renderer, job)
        return renderer.render_summary(
            job.summary,
            job.edition,
            paper=job.paper,
            large=job.large,
            patient_summary=job.patient_summary,
        )
    except ClinicError as error:
        return error
    except Exception as error:  # noqa: BLE001  its text may hold answers: only its kind goes on
        return Unavailable(f"{BROKEN} ({type(error).__name__})")


def _answer(answers: Any, value: object) -> None:
    pickle.dump(value, answers)
    answers.flush()


if __name__ == "__main__":
    main()
