"""A private PostgreSQL: its own folder, its own port, gone when its tests are."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

DEBIAN = Path("/usr/lib/postgresql")
START_SECONDS = 60

# Nothing here has to outlive a power cut.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class Server:
    """A running cluster and the way in."""

    port: int
    password: str

    def url(self, database: str) -> str:
        """The address of a database as SQLAlchemy reads it."""
        return f"postgresql+psycopg://clinic:{self.password}@127.0.0.1:{self.port}/{database}"

    def ask(self, statement: str, database: str) -> None:
        """Run one statement that names a database, such as CREATE DATABASE."""
        with self.connection() as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(database)))

    def connection(self) -> psycopg.Connection:
        """A connection that commits as it goes."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="clinic",
            password=self.password,
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """The address of an empty database that is dropped afterwards."""
        name = f"t_{secrets.token_hex(8)}"
        self.ask("CREATE DATABASE {}", name)
        yield self.url(name)
        self.ask("DROP DATABASE {} WITH (FORCE)", name)


def find(program: str) -> str | None:
    """The path of a PostgreSQL server program, which Debian keeps off the PATH."""
    newest_first = sorted(DEBIAN.glob("*/bin"), key=lambda bin_: -int(bin_.parent.name))
    return shutil.which(program, path=os.pathsep.join(map(str, newest_first))) or shutil.which(
        program
    )


def owner() -> str | None:
    """Whom to run the server as: it refuses root. None is whoever we are."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def running_server() -> Iterator[Server]:
    """A fresh cluster, running until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="clinic-postgres-"))
    server = Server(free_port(), secrets.token_hex(16))
    try:
        make_cluster(folder, server.password)
        process = start(folder, server.port)
        try:
            wait_until_up(process, server, folder / "log")
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # "fast": ends connections, then itself
            process.wait(timeout=START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_cluster(folder: Path, password: str) -> None:
    """Lay out the files of a cluster that lets in one user with one password."""
    secret = folder / "password"
    secret.write_text(password)
    if user := owner():
        shutil.chown(folder, user)
        shutil.chown(secret, user)
    command = [find("initdb"), "--pgdata", folder / "data", "--username", "clinic"]
    command += ["--auth", "scram-sha-256", "--pwfile", secret, "--no-sync", "--no-instructions"]
    command += ["--encoding", "UTF8", "--no-locale"]
    made = subprocess.run(
        command, user=user, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr}")


def start(folder: Path, port: int, **more: str) -> subprocess.Popen[bytes]:
    """Start the server of a cluster as our own child, so that its pid is known."""
    settings = {**SETTINGS, "port": str(port), "unix_socket_directories": str(folder), **more}
    command = [find("postgres"), "-D", str(folder / "data")]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            command, user=owner(), cwd=folder, env=ENVIRONMENT, stdout=log, stderr=log
        )


def wait_until_up(process: subprocess.Popen[bytes], server: Server, log: Path) -> None:
    """Return once the server lets us in; tell its own words when it never does."""
    give_up = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < give_up:
        try:
            server.connection().close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")


ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
