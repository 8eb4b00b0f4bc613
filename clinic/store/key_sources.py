"""Where the keys come from: a file, the environment, or a program that asks a key service.

The program is run as `PROGRAM wrap` when a key is made and as `PROGRAM unwrap` at the start, for
each key: bytes on its standard input, bytes on its standard output, 0 when all went well. So the
file, or the environment, holds keys that only the service can open, and the data keys are wrapped
by what it opened, without asking it again.
"""

import base64
import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Literal, Protocol

import structlog

from clinic.errors import Misconfigured
from clinic.store import keys
from clinic.store.keys import KEY_BYTES, TRYING_OUT, WRAPPED_HEADER, Key, Keyring, Ring
from clinic.store.whole_files import write_whole

COMMAND_SECONDS = 20
LARGEST_WRAPPED = 64 * 1024
FROM_OUTSIDE = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""What such a program gets of our environment, beside what begins with the letters below."""
OF_SERVICES = ("AWS_", "AZURE_", "GOOGLE_", "CLOUDSDK_", "VAULT_", "KEY_SERVICE_")

log = structlog.get_logger()


class KeyPlace(Protocol):
    """What the settings say of keys."""

    @property
    def data(self) -> Path:
        """The data folder, where no key may lie."""

    @property
    def key_file(self) -> Path:
        """The file with the keys."""

    @property
    def keys(self) -> str | None:
        """The keys themselves, in base64, in place of a file."""

    @property
    def key_command(self) -> Path | None:
        """The program that wraps and unwraps keys; None when they stand in the open."""


def keys_at(place: KeyPlace) -> Ring:
    """Read the keys, wherever they are. Raises Misconfigured with the way to mend it."""
    if place.keys:
        return _from_lines(place.keys.split(), "CLINIC_KEYS", place.key_command)
    return FileRing(place)


class FileRing:
    """The keys of a file, read again when it changes: keys are rotated while people work.

    While the file is gone or cannot be read, the keys of before are at hand.
    """

    def __init__(self, place: KeyPlace) -> None:
        """Read the file. Raises Misconfigured with the way to mend it."""
        self._place = place
        self._lock = threading.Lock()
        self._seen = _looks_of(place.key_file)
        self._ring = read_keys(place)

    @property
    def keys(self) -> tuple[Key, ...]:
        """All of them. The first is in use; later ones still open what they sealed."""
        return self._now().keys

    @property
    def current(self) -> Key:
        """The key that new data is sealed with."""
        return self._now().current

    @property
    def trying_out(self) -> bool:
        """True when the keys were made for trying out."""
        return self._now().trying_out

    def _now(self) -> Keyring:
        looks = _looks_of(self._place.key_file)
        if looks != self._seen:
            with self._lock:
                if looks != self._seen:
                    self._read_again()
                    self._seen = looks
        return self._ring

    def _read_again(self) -> None:
        try:
            self._ring = read_keys(self._place)
        except Misconfigured as fault:
            log.warning("keys.unreadable", error=type(fault).__name__)


def read_keys(place: KeyPlace) -> Keyring:
    """Read the keys of the key file. Raises Misconfigured with the way to mend it."""
    path = place.key_file
    text = keys.read_key_text(path, place.data)
    if place.key_command is None:
        return keys.keyring_from(text, path)
    header, *lines = text.splitlines() or [""]
    if header.strip() != WRAPPED_HEADER:
        raise Misconfigured(
            f"CLINIC_KEY_COMMAND is set, and {path} holds no keys that a key service wrapped. "
            "Make such a file with `clinic keys new`, or with `clinic keys wrap` from this one."
        )
    return _from_lines([line for line in lines if line.strip()], str(path), place.key_command)


def new_file(place: KeyPlace, path: Path, *given: Key) -> None:
    """Make a key file with these keys or a new one, wrapped where a key service is set.

    Raises Misconfigured.
    """
    _refuse_in_data(path, place)
    header = WRAPPED_HEADER if place.key_command else keys.HEADER
    keys.write_key_lines(path, [header, *(_line_of(key, place) for key in given or (Key.new(),))])


def add_key(place: KeyPlace, *, last: bool = False) -> Key:
    """Put a new random key into the key file: in use at once, or `last`, to open only."""
    ring, key = read_keys(place), Key.new()
    _rewrite(place, (*ring.keys, key) if last else (key, *ring.keys), ring.trying_out)
    return key


def take_out(place: KeyPlace, key: Key) -> Path:
    """Take a key out of the key file and into one of its own beside, which is given."""
    ring = read_keys(place)
    aside = place.key_file.with_name(f"{place.key_file.name}.retired-{key.id}")
    if not aside.exists():
        new_file(place, aside, key)
    _rewrite(place, tuple(each for each in ring.keys if each != key), ring.trying_out)
    return aside


def _rewrite(place: KeyPlace, wanted: tuple[Key, ...], trying_out: bool) -> None:
    header = WRAPPED_HEADER if place.key_command else keys.HEADER
    lines = [header, *([TRYING_OUT] if trying_out else [])]
    lines += [_line_of(key, place) for key in wanted]
    try:
        write_whole(place.key_file, ("\n".join(lines) + "\n").encode("ascii"))
    except OSError as fault:
        raise Misconfigured(
            f"The key file {place.key_file} cannot be written ({fault.strerror}). "
            "It was left as it was."
        ) from fault


def _refuse_in_data(path: Path, place: KeyPlace) -> None:
    if path.resolve().is_relative_to(place.data.resolve()):
        raise Misconfigured(f"{path} lies inside the data folder. Name another place.")


def _line_of(key: Key, place: KeyPlace) -> str:
    if place.key_command is None:
        return keys.text_of(key)
    return base64.b64encode(asked(place.key_command, "wrap", key.secret)).decode("ascii")


def _from_lines(lines: list[str], where: str, command: Path | None) -> Keyring:
    trying_out = TRYING_OUT in lines
    lines = [line.strip() for line in lines if line != TRYING_OUT]
    if not lines:
        raise Misconfigured(f"{where} holds no key. Put the original back.")
    if command is None:
        return Keyring(tuple(keys.key_of(line, where) for line in lines), trying_out)
    return Keyring(tuple(_unwrapped(line, where, command) for line in lines), trying_out)


def _unwrapped(line: str, where: str, command: Path) -> Key:
    try:
        wrapped = base64.b64decode(line, validate=True)
    except ValueError:  # not base64, or no ASCII
        raise Misconfigured(
            f"A wrapped key in {where} is cut short or altered. Put the original back."
        ) from None
    secret = asked(command, "unwrap", wrapped)
    if len(secret) != KEY_BYTES:
        raise Misconfigured(
            f"CLINIC_KEY_COMMAND: `{command} unwrap` gave {len(secret)} bytes for a key in "
            f"{where}, which must be {KEY_BYTES}."
        )
    return Key(secret)


def asked(command: Path, act: Literal["wrap", "unwrap"], given: bytes) -> bytes:
    """Ask the program of a key service to wrap or unwrap some bytes. Raises Misconfigured."""
    try:
        code, answer = _run(command, act, given)
    except subprocess.TimeoutExpired:
        raise Misconfigured(
            f"CLINIC_KEY_COMMAND: `{command} {act}` gave no answer in {COMMAND_SECONDS} seconds."
        ) from None
    except OSError as fault:
        raise Misconfigured(
            f"CLINIC_KEY_COMMAND: {command} cannot be run ({fault.strerror})."
        ) from fault
    if code or not 0 < len(answer) <= LARGEST_WRAPPED:
        said = f"ended with {code}" if code else "gave no key"
        raise Misconfigured(f"CLINIC_KEY_COMMAND: `{command} {act}` {said}. Run it by hand to see.")
    return answer


def _run(command: Path, act: str, given: bytes) -> tuple[int, bytes]:
    """Run the program without a shell; when its time is over, it ends with all that it started."""
    with subprocess.Popen(  # noqa: S603  the program is the setting's
        [command, act],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        cwd="/",
        start_new_session=True,
    ) as program:
        try:
            answer, _ = program.communicate(given, timeout=COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)
            raise
    return program.returncode, answer


def _environment() -> dict[str, str]:
    """What the program needs to reach its service, and none of our own secrets."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in FROM_OUTSIDE or name.startswith(OF_SERVICES)
    }


def _looks_of(path: Path) -> tuple[int, int, int] | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_ino, about.st_size, about.st_mtime_ns
