"""The key file, and what is made from it."""

import base64
import os
from pathlib import Path

import pytest

from clinic.errors import Misconfigured
from clinic.store.keys import (
    HEADER,
    Key,
    ensure_demo_key,
    new_key_file,
    read_key_file,
)


def write_key(path: Path, *lines: str, mode: int = 0o600) -> Path:
    path.write_text("\n".join(lines) + "\n")
    path.chmod(mode)
    return path


def text_of(secret: bytes) -> str:
    return base64.b64encode(secret).decode()


def test_a_new_key_file_is_readable_by_its_owner_alone(tmp_path):
    path = tmp_path / "somewhere" / "clinic.key"

    new_key_file(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.read_text().startswith(HEADER)
    assert list(path.parent.iterdir()) == [path]
    assert len(read_key_file(path, tmp_path / "data").current.secret) == 32


def test_two_new_keys_differ(tmp_path):
    new_key_file(tmp_path / "a")
    new_key_file(tmp_path / "b")

    keys = [read_key_file(tmp_path / name, tmp_path / "data").current for name in "ab"]
    assert keys[0].secret != keys[1].secret
    assert keys[0].id != keys[1].id


def test_a_key_file_is_never_written_over(tmp_path):
    path = tmp_path / "clinic.key"
    new_key_file(path)
    before = path.read_text()

    with pytest.raises(Misconfigured, match="There is a key file at"):
        new_key_file(path)

    assert path.read_text() == before


def test_a_missing_key_file_stops_the_start_and_names_the_command(tmp_path):
    with pytest.raises(Misconfigured, match="clinic keys new"):
        read_key_file(tmp_path / "clinic.key", tmp_path / "data")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_file_that_others_can_read_stops_the_start(tmp_path, mode):
    path = write_key(tmp_path / "clinic.key", HEADER, text_of(b"k" * 32), mode=mode)

    with pytest.raises(Misconfigured, match="chmod 600"):
        read_key_file(path, tmp_path / "data")


def test_a_key_file_inside_the_data_folder_stops_the_start(tmp_path):
    data = tmp_path / "data"
    path = data / "below" / "clinic.key"
    new_key_file(path)

    with pytest.raises(Misconfigured, match="inside the data folder"):
        read_key_file(path, data)


def test_a_link_into_the_data_folder_is_seen_through(tmp_path):
    data = tmp_path / "data"
    new_key_file(data / "clinic.key")
    (tmp_path / "link.key").symlink_to(data / "clinic.key")

    with pytest.raises(Misconfigured, match="inside the data folder"):
        read_key_file(tmp_path / "link.key", data)


@pytest.mark.parametrize("secret", [b"", b"k" * 31, b"k" * 33])
def test_a_key_of_another_length_stops_the_start(tmp_path, secret):
    path = write_key(tmp_path / "clinic.key", HEADER, text_of(secret) or "=")

    with pytest.raises(Misconfigured, match="cut short or altered"):
        read_key_file(path, tmp_path / "data")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["something else", text_of(b"k" * 32)], "not a key file"),
        ([HEADER], "holds no key"),
        ([""], "not a key file"),
        ([HEADER, "not base64!"], "cut short or altered"),
    ],
)
def test_a_file_that_is_no_key_file_stops_the_start(tmp_path, lines, words):
    path = write_key(tmp_path / "clinic.key", *lines)

    with pytest.raises(Misconfigured, match=words):
        read_key_file(path, tmp_path / "data")


def test_bytes_that_are_no_text_stop_the_start(tmp_path):
    path = tmp_path / "clinic.key"
    path.write_bytes(os.urandom(64) + b"\xff")
    path.chmod(0o600)

    with pytest.raises(Misconfigured, match="cannot be read"):
        read_key_file(path, tmp_path / "data")


def test_a_key_is_never_shown():
    assert "6b6b" not in repr(Key(b"k" * 32))
    assert "kkk" not in repr(Key(b"k" * 32))


def test_the_first_key_is_in_use_and_later_ones_still_open(tmp_path):
    path = write_key(tmp_path / "clinic.key", HEADER, text_of(b"n" * 32), text_of(b"o" * 32))

    ring = read_key_file(path, tmp_path / "data")

    assert ring.current == Key(b"n" * 32)
    assert ring.named(Key(b"o" * 32).short_id) == Key(b"o" * 32)
    assert ring.named(Key(b"x" * 32).short_id) is None


def test_a_demo_key_is_made_once_and_says_what_it_is_for(tmp_path):
    path = tmp_path / "demo" / "clinic.key"

    assert ensure_demo_key(path, tmp_path / "data") is True
    made = read_key_file(path, tmp_path / "data")
    assert ensure_demo_key(path, tmp_path / "data") is False

    assert made.trying_out
    assert read_key_file(path, tmp_path / "data") == made


def test_a_real_key_is_not_for_trying_out(tmp_path):
    new_key_file(tmp_path / "clinic.key")

    assert not read_key_file(tmp_path / "clinic.key", tmp_path / "data").trying_out


def test_a_demo_key_is_not_made_inside_the_data_folder(tmp_path):
    with pytest.raises(Misconfigured, match="inside the data folder"):
        ensure_demo_key(tmp_path / "clinic.key", tmp_path)


def test_keys_for_two_purposes_differ_and_stay_the_same():
    key = Key(b"k" * 32)

    assert key.derive("one") == key.derive("one")
    assert key.derive("one") != key.derive("two")
    assert key.derive("one") != key.secret
