"""Keys from a file, the environment, or a program that asks a key service."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.config import Settings, load_settings
from clinic.errors import Misconfigured
from clinic.store import key_sources
from clinic.store.database import open_database
from clinic.store.key_sources import FileRing, add_key, keys_at, new_file, take_out
from clinic.store.keys import (
    HEADER,
    WRAPPED_HEADER,
    Key,
    keyring_from,
    new_key_file,
    text_of,
)

SERVICE = """#!/usr/bin/python3
import sys, os
given = sys.stdin.buffer.read()
turned = bytes(each ^ 0x5A for each in given)
if sys.argv[1] == "unwrap" and not given.startswith(b"sealed:"):
    sys.exit(3)
if os.environ.get("CLINIC_KEYS"):
    sys.exit(4)
kept = bytes(each ^ 0x5A for each in given[7:])
sys.stdout.buffer.write(b"sealed:" + turned if sys.argv[1] == "wrap" else kept)
"""


def program(folder: Path, text: str) -> Path:
    path = folder / "key-service"
    path.write_text(text)
    path.chmod(0o700)
    return path


def place(folder: Path, **more: object) -> Settings:
    return Settings(data=folder / "data", key_file=folder / "keys" / "clinic.key", **more)


def test_keys_of_the_environment_need_no_file(tmp_path):
    new, old = Key.new(), Key.new()
    settings = load_settings(
        {
            "CLINIC_DATA": str(tmp_path / "data"),
            "CLINIC_KEY_FILE": str(tmp_path / "none"),
            "CLINIC_KEYS": f"{text_of(new)} {text_of(old)}",
        }
    )

    assert keys_at(settings).keys == (new, old)
    assert text_of(new) not in repr(settings)
    open_database(settings).close()
    open_database(settings, must_exist=True).close()


@pytest.mark.parametrize("given", ["c2hvcnQ=", "ключ", "a" * 43, text_of(Key(b"k" * 32))[:-5]])
def test_a_wrong_key_of_the_environment_stops_the_start_and_is_not_shown(tmp_path, given):
    with pytest.raises(Misconfigured, match="A key in CLINIC_KEYS is cut short") as caught:
        keys_at(place(tmp_path, keys=given))

    assert given not in str(caught.value)


@given(text=st.text(max_size=120), header=st.sampled_from(["", HEADER, WRAPPED_HEADER]))
def test_any_text_is_keys_or_is_refused_with_a_sentence(text, header):
    try:
        ring = keyring_from(f"{header}\n{text}", Path("clinic.key"))
    except Misconfigured:
        return
    assert header == HEADER
    assert all(len(key.secret) == 32 for key in ring.keys)


def test_a_key_service_wraps_and_unwraps_and_no_key_stands_in_the_open(tmp_path, monkeypatch):
    monkeypatch.setenv("CLINIC_KEYS", "not for the program")
    settings = place(tmp_path, key_command=program(tmp_path, SERVICE))
    new_file(settings, settings.key_file)

    ring = keys_at(settings)

    assert len(ring.current.secret) == 32
    text = settings.key_file.read_text()
    assert text_of(ring.current) not in text
    assert base64.b64decode(text.splitlines()[1]).startswith(b"sealed:")
    open_database(settings).close()
    open_database(settings, must_exist=True).close()


def test_a_key_service_may_wrap_the_keys_of_the_environment_too(tmp_path):
    command = program(tmp_path, SERVICE)
    wrapped = base64.b64encode(key_sources.asked(command, "wrap", b"k" * 32)).decode()

    assert keys_at(place(tmp_path, keys=wrapped, key_command=command)).current == Key(b"k" * 32)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("#!/bin/sh\nexit 7\n", "ended with 7"),
        ("#!/bin/sh\ncat > /dev/null\n", "gave no key"),
        ("#!/bin/sh\necho short\n", "gave 6 bytes"),
        ("#!/bin/sh\nsleep 9\ntrue\n", "no answer in 0.2 seconds"),
        ("no program at all", "cannot be run"),
    ],
)
def test_a_key_service_that_fails_stops_the_start_with_a_sentence(
    tmp_path, monkeypatch, text, words
):
    monkeypatch.setattr(key_sources, "COMMAND_SECONDS", 0.2)
    settings = place(tmp_path, key_command=program(tmp_path, text), keys=text_of(Key.new()))

    with pytest.raises(Misconfigured, match=words):
        keys_at(settings)


def test_a_program_that_is_not_there_is_named(tmp_path):
    settings = place(tmp_path, key_command=tmp_path / "none", keys=text_of(Key.new()))

    with pytest.raises(Misconfigured, match=r"none cannot be run \(No such file"):
        keys_at(settings)


def test_no_shell_reads_the_name_of_the_program(tmp_path):
    with pytest.raises(Misconfigured, match="whole path"):
        load_settings({"HOME": "/root", "CLINIC_KEY_COMMAND": "touch x; true"})
    settings = place(
        tmp_path, key_command=Path(f"/bin/true; touch {tmp_path}/x"), keys=text_of(Key.new())
    )
    with pytest.raises(Misconfigured, match="cannot be run"):
        keys_at(settings)

    assert not (tmp_path / "x").exists()


def test_a_file_in_the_open_is_not_taken_for_a_wrapped_one_nor_the_other_way(tmp_path):
    command = program(tmp_path, SERVICE)
    new_key_file(tmp_path / "keys" / "clinic.key")
    with pytest.raises(Misconfigured, match="holds no keys that a key service wrapped"):
        keys_at(place(tmp_path, key_command=command))

    (tmp_path / "keys" / "clinic.key").unlink()
    new_file(place(tmp_path, key_command=command), tmp_path / "keys" / "clinic.key")
    with pytest.raises(Misconfigured, match="Set CLINIC_KEY_COMMAND"):
        keys_at(place(tmp_path))


def test_a_changed_key_file_is_read_again_and_one_that_is_gone_is_waited_for(tmp_path):
    settings = place(tmp_path)
    new_key_file(settings.key_file)
    ring = FileRing(settings)
    old = ring.current

    new = add_key(settings)
    assert ring.keys == (new, old)

    text = settings.key_file.read_text()
    settings.key_file.unlink()
    assert ring.current == new
    settings.key_file.write_text("half of a f")
    assert ring.current == new
    settings.key_file.write_text(text.replace(text_of(new) + "\n", ""))
    settings.key_file.chmod(0o600)
    assert ring.keys == (old,)


def test_a_key_that_is_taken_out_is_kept_in_a_file_of_its_own(tmp_path):
    settings = place(tmp_path)
    new_key_file(settings.key_file)
    old, new = keys_at(settings).current, add_key(settings)

    kept = take_out(settings, old)

    assert keys_at(settings).keys == (new,)
    assert kept.read_text() == f"{HEADER}\n{text_of(old)}\n"
    assert kept.stat().st_mode & 0o777 == settings.key_file.stat().st_mode & 0o777 == 0o600


def test_a_key_may_be_added_to_open_only(tmp_path):
    settings = place(tmp_path)
    new_key_file(settings.key_file)
    old = keys_at(settings).current

    added = add_key(settings, last=True)

    assert keys_at(settings).keys == (old, added)
