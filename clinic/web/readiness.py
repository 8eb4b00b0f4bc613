"""What this process needs to work, and which of it is missing, one word each.

It is asked for each second by whoever sends people here, so it costs little, and a database
that hangs holds nobody up: one look at a time, and none is waited for longer than a bound.
"""

import shutil
import threading
from collections.abc import Callable, Mapping

from clinic.errors import ClinicError, Unavailable
from clinic.library.places import templates_dir
from clinic.web.visit import House

LOOK_SECONDS = 2
"""How long a look at the database may take."""
LEAST_BYTES = 64 * 1024 * 1024
"""With less room a database comes to grief: its journal, and a paper, have to fit."""
DATABASE = "database"
KEYS = "keys"


class Readiness:
    """Looks at everything that a process needs."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._turn = threading.Lock()
        self._look: _Look | None = None

    def missing(self) -> list[str]:
        """Name what is missing; nothing when all is there."""
        rest: Mapping[str, Callable[[], bool]] = {
            "content": self._has_content,
            "papers": self._makes_papers,
            "disk": self._has_room,
        }
        return [*self._at_database(), *(name for name, is_there in rest.items() if not is_there())]

    def _at_database(self) -> list[str]:
        with self._turn:
            if self._look is None or self._look.done.is_set():
                self._look = _Look(self.house)
            look = self._look
        return look.missing if look.done.wait(LOOK_SECONDS) else [DATABASE]

    def _has_content(self) -> bool:
        return bool(self.house.spoken) and (templates_dir() / "base.html").is_file()

    def _makes_papers(self) -> bool:
        """Whether the last process that makes papers could be started; if not, try once more."""
        if not self.house.pool.starts:
            self.house.pool.warm()
        return self.house.pool.starts

    def _has_room(self) -> bool:
        """Whether the folder of the data has room, or the place where it will be made."""
        data = self.house.settings.data.absolute()
        place = next(each for each in (data, *data.parents) if each.exists())
        return shutil.disk_usage(place).free >= LEAST_BYTES


class _Look:
    """One look at the database, in a thread that may hang."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.missing: list[str] = []
        self.done = threading.Event()
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        try:
            self.house.database.ready()
        except Unavailable:
            self.missing = [DATABASE]
        except ClinicError:
            self.missing = [KEYS]
        except Exception:  # noqa: BLE001  whatever it is, nothing can be read now
            self.missing = [DATABASE]
        finally:
            self.done.set()
