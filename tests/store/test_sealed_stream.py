"""A long sealed file: it opens whole and in order, or not at all."""

import pytest

from clinic.errors import Damaged
from clinic.store import sealed_stream
from clinic.store.sealed_stream import MAGIC, TAG_BYTES, opened, seal_into

KEY = b"k" * 32
CHUNK = 16


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(sealed_stream, "CHUNK_BYTES", CHUNK)


def sealed(path, *plain, key=KEY):
    with path.open("wb") as file:
        seal_into(file, key, plain)
    return path


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_sealed_opens_again(tmp_path, length):
    plain = bytes(range(length))

    path = sealed(tmp_path / "f", plain[:5], b"", plain[5:])

    assert b"".join(opened(path, KEY)) == plain


def test_any_flipped_bit_is_noticed(tmp_path):
    whole = sealed(tmp_path / "f", b"x" * (2 * CHUNK + 3)).read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 0x80
        (tmp_path / "f").write_bytes(changed)
        with pytest.raises(Damaged):
            list(opened(tmp_path / "f", KEY))


def test_a_file_cut_anywhere_is_noticed(tmp_path):
    whole = sealed(tmp_path / "f", b"x" * (2 * CHUNK + 3)).read_bytes()
    for length in range(len(whole)):
        (tmp_path / "f").write_bytes(whole[:length])
        with pytest.raises(Damaged):
            list(opened(tmp_path / "f", KEY))


def test_chunks_that_are_moved_doubled_or_added_are_noticed(tmp_path):
    whole = sealed(tmp_path / "f", b"x" * (3 * CHUNK)).read_bytes()
    size = CHUNK + TAG_BYTES
    first, second, last = (whole[8 + at * size : 8 + (at + 1) * size] for at in range(3))
    for parts in (
        (second, first, last),
        (first, first, last),
        (first, last),
        (first, second, last, last),
        (first, second, last, b"x"),
    ):
        (tmp_path / "f").write_bytes(MAGIC + b"".join(parts))
        with pytest.raises(Damaged):
            list(opened(tmp_path / "f", KEY))


def test_another_key_opens_nothing(tmp_path):
    with pytest.raises(Damaged):
        list(opened(sealed(tmp_path / "f", b"plain"), b"o" * 32))
