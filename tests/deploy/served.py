"""The clinic as it is set up for many visitors: nginx with TLS, two workers, one PostgreSQL."""

import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from bs4 import BeautifulSoup, Tag
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from clinic.config import Settings
from clinic.store.keys import new_key_file
from tests import postgres

CHECKOUT = Path(__file__).resolve().parents[2]
NAME = "clinic.example"
START_SECONDS = 90

NGINX = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log emerg;
worker_processes 1;
events {{ worker_connections 2048; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass
class Cluster:
    """A PostgreSQL that can be stopped and started; what it said yes to is in its files."""

    folder: Path
    server: postgres.Server
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = postgres.start(
            self.folder, self.server.port, synchronous_commit="on", max_connections="100"
        )
        postgres.wait_until_up(self.process, self.server, self.folder / "log")

    def stop(self) -> None:
        """Stop at once, as when somebody pulls its plug."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=30)
        self.process = None


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="clinic-postgres-"))
    cluster = Cluster(folder, postgres.Server(postgres.free_port(), "a" * 32))
    try:
        postgres.make_cluster(folder, cluster.server.password)
        cluster.start()
        cluster.server.ask("CREATE DATABASE {}", "clinic")
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Served:
    """What runs: where it is reached, its processes, and its folder with all their logs."""

    folder: Path
    port: int
    metrics_port: int
    settings: Settings
    trust: ssl.SSLContext
    gunicorn: subprocess.Popen[bytes]
    nginx: subprocess.Popen[bytes]

    def workers(self) -> list[int]:
        """The processes that gunicorn serves with, oldest first."""
        children = Path(f"/proc/{self.gunicorn.pid}/task/{self.gunicorn.pid}/children")
        return sorted(int(each) for each in children.read_text().split())

    def log(self) -> str:
        return (self.folder / "web.log").read_text()

    def incidents(self) -> list[str]:
        """The lines of the log that tell of a fault."""
        return [line for line in self.log().splitlines() if '"incident"' in line]

    def visitor(self) -> "Visitor":
        return Visitor(self)

    def connection(self, source: str = "127.0.0.1", seconds: float = 20) -> ssl.SSLSocket:
        plain = socket.create_connection(
            ("127.0.0.1", self.port), timeout=seconds, source_address=(source, 0)
        )
        return self.trust.wrap_socket(plain, server_hostname=NAME)


@dataclass(frozen=True)
class Answer:
    """One answer, read whole."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    def form(self) -> Tag | None:
        """The form of the main part that posts."""
        page = BeautifulSoup(self.text, "html.parser")
        return page.select_one('main form[method="post"]')


def posted(form: Tag, answers: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """What somebody posts with a form who gives these answers and leaves all else as it is."""
    fields = form.select("input[name], textarea[name], select[name]")
    asked = {str(field["name"]) for field in fields}
    given = [(name, each) for name in asked & answers.keys() for each in answers[name]]
    return given + [
        (str(field["name"]), str(field.get("value", "")))
        for field in fields
        if field.get("type") == "hidden" and str(field["name"]) not in answers
    ]


class Visitor:
    """A browser of few wits: it keeps cookies and follows nothing."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self.asks("GET", path)

    def post(self, path: str, fields: list[tuple[str, str]]) -> Answer:
        return self.asks("POST", path, urlencode(fields).encode())

    def asks(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Ask once. Raises OSError when nobody answers."""
        sent = {"Host": NAME, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection = http.client.HTTPConnection(NAME)
        connection.sock = self.served.connection()
        try:
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, answer.headers, text)


@contextmanager
def deployed(database_url: str, **more: str) -> Iterator[Served]:
    """Start gunicorn and nginx from the files of deploy/, in a folder of their own."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="clinic-deployed-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        key_file = folder / "keys" / "clinic.key"
        new_key_file(key_file)
        port, metrics_port = postgres.free_port(), postgres.free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONUTF8": "1",
            "CLINIC_DATA": str(folder / "data"),
            "CLINIC_KEY_FILE": str(key_file),
            "CLINIC_BEHIND_TLS": "true",
            "CLINIC_TRUSTED_HOSTS": NAME,
            "CLINIC_METRICS_PORT": str(metrics_port),
            "DATABASE_URL": database_url,
            "RUNTIME_DIRECTORY": str(folder),
            "WEB_CONCURRENCY": "2",
            **more,
        }
        settings = Settings(
            data=folder / "data", key_file=key_file, database_url=database_url, behind_tls=True
        )
        trust = certificate(folder)
        lay_site(folder, port)
        gunicorn = stack.enter_context(
            started("web", gunicorn_command(folder), folder, environment)
        )
        nginx = stack.enter_context(
            started("nginx", nginx_command(folder), folder, environment, user=postgres.owner())
        )
        served = Served(folder, port, metrics_port, settings, trust, gunicorn, nginx)
        wait_until_ready(served)
        yield served


def gunicorn_command(folder: Path) -> list[str]:
    gunicorn = Path(sys.executable).with_name("gunicorn")
    config = CHECKOUT / "deploy" / "gunicorn.conf.py"
    # The last one is for root here, whose nginx runs as somebody else.
    more = ["--umask", "0"]
    return [str(gunicorn), "--config", str(config), "--bind", f"unix:{folder}/web.sock", *more]


def nginx_program() -> str | None:
    """The path of nginx, which Debian keeps off the PATH of most people."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


def kill(process_id: int) -> None:
    """End a process at once, as when the machine has no memory left."""
    os.kill(process_id, signal.SIGKILL)


def nginx_command(folder: Path) -> list[str]:
    return [str(nginx_program()), "-p", str(folder), "-c", f"{folder}/nginx.conf", "-e", "stderr"]


def lay_site(folder: Path, port: int) -> None:
    """Put the site as it is shipped, with the places of this trial in it."""
    site = (CHECKOUT / "deploy" / "nginx.conf").read_text()
    for old, new in {
        "    listen [::]:443 ssl;\n": "",
        "    listen [::]:443 ssl default_server;\n": "",
        "    listen [::]:80;\n": "",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "listen 80": f"listen 127.0.0.1:{postgres.free_port()}",
        "/run/clinic-intake-web.sock": f"{folder}/web.sock",
        "/var/log/nginx/": f"{folder}/",
        "/etc/clinic-intake/tls": f"{folder}",
        "/etc/clinic-intake/pages": str(folder),
    }.items():
        assert old in site, old
        site = site.replace(old, new)
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
    for page in ("away.html", "too-large.html"):
        shutil.copy(CHECKOUT / "deploy" / page, folder)
    if (user := postgres.owner()) is not None:
        shutil.chown(folder, user)
        shutil.chown(folder / "privkey.pem", user)


def certificate(folder: Path) -> ssl.SSLContext:
    """Make a certificate for the name of the clinic, and give what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "fullchain.pem").write_bytes(pem)
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return ssl.create_default_context(cadata=pem.decode())


@contextmanager
def started(
    name: str,
    command: list[str],
    folder: Path,
    environment: dict[str, str],
    user: str | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command until the block ends; its words go to a log of its name."""
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=environment, stdout=log, stderr=log, user=user
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=45)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(served: Served) -> None:
    """Return once a page is served through all of it; tell the logs when that never comes."""
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and served.gunicorn.poll() is None:
        try:
            if served.visitor().get("/readyz").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    logs = [path.read_text() for path in served.folder.glob("*.log")]
    raise RuntimeError("It did not start:\n" + "\n".join(logs))
