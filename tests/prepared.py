"""What takes long to make and is the same in every test: made once in each process."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from clinic.config import Settings
from clinic.library.places import content_dir
from clinic.library.shelf import Shelf, read_shelf
from clinic.store.database import open_database


@cache
def shipped_shelf() -> Shelf:
    """The content folder as it is shipped: to read it takes seconds."""
    return read_shelf(content_dir())


@cache
def _blank() -> Settings:
    """An embedded database with its tables and nothing in them, and its key file."""
    folder = Path(tempfile.mkdtemp(prefix="clinic-blank-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = Settings(data=folder / "data", key_file=folder / "keys" / "clinic.key")
    open_database(settings, demo_key=True).close()
    return settings


def lay_key(key_file: Path) -> None:
    """Put the key of the prepared database where a test wants its own."""
    if not key_file.exists():
        key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy(_blank().key_file, key_file)


def lay_database(settings: Settings) -> None:
    """Put the prepared database and its key where the settings look, unless something is there."""
    if settings.database_url or settings.key_file.exists() or settings.data.exists():
        return
    lay_key(settings.key_file)
    shutil.copytree(_blank().data, settings.data)
