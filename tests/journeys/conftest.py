"""A served clinic and a browser for each journey. Every page that a journey meets is checked."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from bench.served import Served, served
from tests.journeys.people import Patient, Person, Staff
from tests.journeys.referring import Receiver

PHONE = {"width": 360, "height": 740}
TABLET = {"width": 810, "height": 1080}
DESK = {"width": 1280, "height": 900}


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def clinic() -> Iterator[Served]:
    """The program as `make run` starts it, with demo people, on data of its own."""
    with served(free_port(), twice=False) as program:
        yield program


class Waiting:
    """Opens the door to people, and sees them out."""

    def __init__(self, browser: Browser, program: Served) -> None:
        self.browser = browser
        self.program = program
        self.people: list[Person] = []

    def patient(self, *, javascript: bool = True, viewport: dict[str, int] = PHONE) -> Patient:
        """Somebody with a sore back and a phone."""
        return self._in(Patient, javascript=javascript, viewport=viewport)

    def staff(self, role: str) -> Staff:
        """Somebody at the clinic, at a desk, signed in."""
        person = self._in(Staff, javascript=True, viewport=DESK)
        person.signs_in(*self.program.sign_in(role))
        return person

    def receiver(self) -> Receiver:
        """Somebody at another office, with a letter from this clinic in hand."""
        return self._in(Receiver, javascript=True, viewport=DESK)  # type: ignore[no-any-return]

    def device(
        self,
        kind: type[Person],
        *,
        javascript: bool = True,
        viewport: dict[str, int] = TABLET,
    ) -> Any:
        """A device in the hands of a person of a kind; the clinic's own goes from hand to hand."""
        return self._in(kind, javascript=javascript, viewport=viewport)

    def _in(self, kind, *, javascript: bool, viewport: dict[str, int]):  # type: ignore[no-untyped-def]
        context = self.browser.new_context(
            viewport=viewport, java_script_enabled=javascript, reduced_motion="reduce"
        )
        person = kind(context, self.program.base, javascript=javascript)
        self.people.append(person)
        return person


@pytest.fixture
def waiting_room(chromium: Browser, clinic: Served) -> Iterator[Waiting]:
    """People for one journey; nobody may leave with a fault on a page."""
    room = Waiting(chromium, clinic)
    yield room
    faults = [fault for person in room.people for fault in person.leaves()]
    assert not faults, "\n".join(faults)
