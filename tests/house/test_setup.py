"""The set-up keeps what it promises to a newcomer."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import sqlalchemy

CHECKOUT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
LOCKS = ["run", "dev"]


def locked(lock: str) -> dict[str, str]:
    """Each package of a lock file, by its normal name, with its pinned line and hashes."""
    text = (CHECKOUT / f"requirements/{lock}.txt").read_text()
    entries = re.split(r"(?m)^(?=[a-z0-9])", text)[1:]
    return {re.split(r"[=\[ ]", entry)[0].replace(".", "-"): entry for entry in entries}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_one_version_and_a_hash(lock):
    for entry in locked(lock).values():
        assert re.match(r"[a-z0-9-]+(\[\w+\])?==[\w.+]+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_we_ask_for_is_locked(lock):
    asked = {
        re.split(r"[\[><=]", line)[0].replace(".", "-")
        for line in PROJECT["project"]["dependencies"]
    }

    assert asked <= locked(lock).keys()


def test_both_locks_agree_on_every_version():
    run, dev = locked("run"), locked("dev")

    assert run.keys() <= dev.keys()
    for name, entry in run.items():
        assert dev[name].split()[0] == entry.split()[0]


def test_make_help_names_every_target():
    makefile = (CHECKOUT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()

    told = subprocess.run(
        ["make", "help"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout

    assert [target for target in targets if f"make {target} " not in told] == []


@pytest.fixture
def bare_path(tmp_path):
    """A PATH with the tools that every Debian has, a Python, and no apt-get and no sudo."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ["sh", "dirname", "env", "id", "grep", "ls", "cat", "cksum"]:
        (folder / tool).symlink_to(f"/bin/{tool}")
    return folder


def test_without_apt_the_set_up_prints_the_exact_command_and_stops(bare_path):
    """The Python in this test knows neither venv nor Pango, as on a bare system."""
    python = bare_path / "python3"
    python.write_text('#!/bin/sh\ncase "$2" in *version_info*) exit 0 ;; *) exit 1 ;; esac\n')
    python.chmod(0o755)

    told = subprocess.run(
        ["/bin/sh", str(CHECKOUT / "deploy/setup.sh"), "run"],
        env={"PATH": str(bare_path), "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 1
    assert (
        "apt-get update && apt-get install --no-install-recommends python3-venv tzdata"
        " libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0\n"
    ) in told.stderr


def test_without_a_new_enough_python_the_set_up_says_so_and_stops(bare_path):
    told = subprocess.run(
        ["/bin/sh", str(CHECKOUT / "deploy/setup.sh"), "run"],
        env={"PATH": str(bare_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 1
    assert "Python 3.11 or newer is needed" in told.stderr


@pytest.mark.postgres
def test_each_test_gets_an_empty_postgres_of_its_own(postgres_server):
    with postgres_server.fresh_database() as one, postgres_server.fresh_database() as other:
        for url in (one, other):
            engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
            with engine.begin() as connection:
                connection.exec_driver_sql("CREATE TABLE only_here (id int)")
