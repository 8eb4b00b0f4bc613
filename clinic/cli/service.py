"""Commands that serve: run, work, verify."""

import argparse
import errno
import gc
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from clinic import logs
from clinic.actions.demo import SignIn, make_demo
from clinic.actions.referrals import Terms
from clinic.app import create_app
from clinic.cli.stopping import ends_when_asked
from clinic.config import Settings, load_settings, utc_now
from clinic.errors import BadInput, Misconfigured
from clinic.library.places import content_dir
from clinic.library.shelf import read_shelf
from clinic.store.audit_chain import anchor_file, read_anchor
from clinic.store.database import Database, open_database
from clinic.store.verify import verify
from clinic.watch import watch_over
from clinic.web.ending import wake
from clinic.web.server import make_server, serve
from clinic.web.visit import details_of
from clinic.work import work_until

HOST = "127.0.0.1"
LAST_MAIL_SECONDS = 20
"""How long a mail that is being sent is waited for at the end."""
FOR_TRYING_OUT = (
    "Warning: {file} is a key for trying out. Enter no real patient. "
    "For patients make a key with `clinic keys new` and set CLINIC_KEY_FILE."
)


def add_commands(commands: Any) -> None:
    """Add these commands to the parser."""
    run = commands.add_parser("run", help="serve, and do the background work")
    run.add_argument("--demo", action="store_true", help="first make demo staff and patients")
    run.add_argument("--host", default=HOST, help="address to listen on (default: %(default)s)")
    run.add_argument("--port", type=int, help="default: PORT, or 8000")
    run.set_defaults(run=run_service)

    work = commands.add_parser("work", help="the background work alone, beside many workers")
    work.add_argument("--once", action="store_true", help="one round, then stop")
    work.set_defaults(run=run_work)

    proof = commands.add_parser(
        "verify", help="prove the data: integrity, sealing, audit chain, counts"
    )
    proof.add_argument(
        "--anchor", type=Path, help="a head of the audit that was kept elsewhere (audit.head)"
    )
    proof.set_defaults(run=run_verify)


def run_service(given: argparse.Namespace) -> int:
    """Serve until stopped."""
    logs.begin()
    settings = load_settings()
    port = given.port or settings.port
    _want_port(given.host, port)
    with open_database(settings, demo_key=given.demo) as database:
        app = create_app(settings, database=database)
        if given.demo:
            _tell_demo(settings, _made_demo(settings, database))
        elif database.keyring.trying_out:
            print(FOR_TRYING_OUT.format(file=settings.key_file), file=sys.stderr, flush=True)
        server = make_server(app, given.host, port)
        watch_over(settings, database)
        _set_aside()
        where = f"http://{given.host}:{port}"
        print(f"Open {where}/ (staff: {where}/staff/)", flush=True)
        stop = threading.Event()
        worker = threading.Thread(
            target=work_until,
            args=(stop, settings, database),
            kwargs={"tell": _say},
            daemon=True,
        )
        worker.start()
        ends = threading.Event()
        with ends_when_asked(ends, tell=lambda: wake(server)):
            try:
                serve(app, server, ends)
            finally:
                stop.set()
                worker.join(timeout=LAST_MAIL_SECONDS)
    return 0


def _set_aside() -> None:
    """Look for no garbage in what was read at the start: now and then that took a page 0.1 s."""
    gc.collect()
    gc.freeze()


def _want_port(host: str, port: int) -> None:
    """See that the port can be had, before anything is made. Raises Misconfigured."""
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror:
        raise Misconfigured(f"--host: {host} is no address of this machine.") from None
    faults = [_fault_of(family, str(address[0]), port) for family, _, _, _, address in places]
    for fault in faults:
        # A name may stand for an address of a kind that this machine does not have.
        if fault and (fault.errno in (errno.EADDRINUSE, errno.EACCES) or all(faults)):
            why = f"http://{host}:{port} cannot be served: {fault.strerror}."
            raise Misconfigured(f"{why} Set PORT to another port.")


def _fault_of(family: int, address: str, port: int) -> OSError | None:
    try:
        socket.create_server((address, port), family=family).close()
    except OSError as fault:
        return fault
    return None


def _made_demo(settings: Settings, database: Database) -> list[SignIn]:
    content = content_dir()
    return make_demo(
        database,
        read_shelf(content, settings.content),
        utc_now(),
        terms=Terms(settings.clocks, settings.zone, settings.referral_days),
        clinic=details_of(settings),
        folder=content,
    )


def _tell_demo(settings: Settings, sign_ins: list[SignIn]) -> None:
    print(f"Demo data in {settings.data}, key for trying out in {settings.key_file}.")
    print("Nothing here is a real patient, and none may be entered.")
    for each in sign_ins:
        print(f"  {each.role:12} sign in as {each.username!r} with password {each.password!r}")


def run_work(given: argparse.Namespace) -> int:
    """Do the background work until stopped, or one round of it."""
    logs.begin()
    settings = load_settings()
    stop = threading.Event()
    with ends_when_asked(stop), open_database(settings) as database:
        work_until(stop, settings, database, once=given.once, tell=_say)
    return 0


def _say(line: str) -> None:
    """Print a line at once, also where nobody reads along."""
    print(line, flush=True)


def _say_step(words: str) -> None:
    print(f"{words} ...", file=sys.stderr, flush=True)


def run_verify(given: argparse.Namespace) -> int:
    """Prove the data; 1 when something is not in order."""
    settings = load_settings()
    if given.anchor is not None and read_anchor(given.anchor) is None:
        raise BadInput(f"{given.anchor} holds no head of an audit.")
    with open_database(settings, must_exist=True) as database:
        report = verify(database, given.anchor or anchor_file(settings), progress=_say_step)
    for line in report.lines:
        print(line)
    print("Rows:", ", ".join(f"{name} {count}" for name, count in report.counts.items()))
    for fault in report.faults:
        print(f"FAULT {fault}")
    return 0 if report.ok else 1
