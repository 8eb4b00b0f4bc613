"""Several people at the same moment."""

import threading
from collections.abc import Callable


def in_threads(work: Callable[[int], object], number: int) -> list[object]:
    """What each thread gave: a value, or the error it met. They start at one moment."""
    gate = threading.Barrier(number)
    found: list[object] = [None] * number

    def run(place: int) -> None:
        gate.wait()
        try:
            found[place] = work(place)
        except Exception as error:  # noqa: BLE001  handed to the test
            found[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    return found
