"""A command that is used wrongly, or meets a wrong setting, says what to do instead."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic.cli import main, service
from clinic.library.places import content_dir
from clinic.store.keys import new_key_file
from tests.postgres import free_port

EXAMPLE = str(content_dir() / "examples" / "emergency.json")
NOBODY = 1
"""A port on which nothing answers."""


@pytest.fixture(autouse=True)
def clinic_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLINIC_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CLINIC_KEY_FILE", str(tmp_path / "keys" / "clinic.key"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What is said of arguments that the parser does not take."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    return capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])

    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("clinic-intake 0.")


def test_an_unknown_questionnaire_is_answered_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["paths", "nope"]) == 1
    assert "There is: low-back-intake." in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["23.11.2026", "2026-02-30", "today"])
def test_a_wrong_day_is_answered_with_the_right_form(
    wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "as 2026-11-23" in refused(["assess", EXAMPLE, "--today", wrong], capsys)


def test_an_unknown_language_is_answered_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = refused(["summary", EXAMPLE, "-o", "x.pdf", "--lang", "xx"], capsys)

    assert "choose from" in told
    assert "'en'" in told


@pytest.mark.parametrize(
    "command", [["intakes"], ["staff", "disable", "sam"], ["staff", "reset", "sam"]]
)
def test_a_command_about_records_makes_no_database_where_none_is(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["keys", "new"])

    assert main(command) == 3
    assert "There is no database at" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", [["intakes"], ["run"], ["verify"]])
def test_a_database_that_does_not_answer_is_named_without_its_password(
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["keys", "new"])
    monkeypatch.setenv("DATABASE_URL", f"postgresql://cleo:s3cret@127.0.0.1:{NOBODY}/clinic")
    capsys.readouterr()

    assert main(command) == 3
    told = capsys.readouterr().err
    assert "DATABASE_URL" in told
    assert f"127.0.0.1:{NOBODY}" in told
    assert "s3cret" not in told
    assert "cleo" not in told


def test_a_taken_port_is_found_before_an_address_is_printed(
    taken_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["keys", "new"])
    capsys.readouterr()

    assert main(["run", "--port", str(taken_port)]) == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Set PORT to another port." in printed.err


def test_a_host_that_is_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    main(["keys", "new"])

    assert main(["run", "--host", "not a host", "--port", "5154"]) == 3
    assert "--host: not a host is no address" in capsys.readouterr().err


class Begins(Exception):
    """The server would begin here."""


def begins(*_: object) -> None:
    raise Begins


@pytest.mark.parametrize("trying_out", [True, False])
def test_a_key_for_trying_out_alone_is_warned_of_before_the_server_begins(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    trying_out: bool,
) -> None:
    new_key_file(tmp_path / "keys" / "clinic.key", trying_out=trying_out)
    monkeypatch.setattr(service, "create_app", lambda *_, **__: None)
    monkeypatch.setattr(service, "make_server", begins)

    with pytest.raises(Begins):
        main(["run", "--port", str(free_port())])

    told = capsys.readouterr().err
    assert ("is a key for trying out. Enter no real patient." in told) is trying_out


@pytest.mark.parametrize(
    ("demo", "warned"), [(True, True), pytest.param(False, False, marks=pytest.mark.proof)]
)
def test_serving_with_a_key_for_trying_out_warns(tmp_path: Path, demo: bool, warned: bool) -> None:
    """Without a warning a proof; in each run the test before holds both."""
    new_key_file(tmp_path / "keys" / "clinic.key", trying_out=demo)
    port = free_port()
    command = [Path(sys.executable).parent / "clinic", "run", "--port", str(port)]
    told = tmp_path / "told"
    with told.open("wb") as err:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, env=dict(os.environ))
    try:
        assert server.stdout is not None
        assert server.stdout.readline().startswith(b"Open http://127.0.0.1:")
    finally:
        server.terminate()
        server.communicate(timeout=30)

    assert ("is a key for trying out. Enter no real patient." in told.read_text()) is warned
