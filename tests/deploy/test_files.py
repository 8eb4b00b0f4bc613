"""The files of deploy/ agree with the program, and with one another."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from clinic.config import load_settings, variables
from clinic.web.server import MAX_BODY_BYTES, MAX_HEADER_BYTES, MAX_HEADERS, MAX_REPORT_BYTES
from tests.deploy.served import CHECKOUT, certificate, lay_site, nginx_program

DEPLOY = CHECKOUT / "deploy"
OF_OTHERS = {"WEB_CONCURRENCY"}
SERVICES = [f"clinic-{name}.service" for name in ("web", "work", "run", "backup")]
UNITS = ["clinic-web.socket", "clinic-backup.timer", *SERVICES]
BYTES = {"k": 1024, "m": 1024 * 1024}


def read(name):
    return (DEPLOY / name).read_text(encoding="utf-8")


def sizes(directive):
    """The values that nginx.conf gives a directive, in bytes."""
    found = re.findall(rf"^ *{directive} (?:\d+ )?(\d+)([km]);", read("nginx.conf"), re.MULTILINE)
    return [int(number) * BYTES[unit] for number, unit in found]


def in_template():
    return re.findall(r"^#?([A-Z_]+)=(.*)$", read("clinic-intake.env"), re.MULTILINE)


def test_the_template_names_every_setting_and_none_that_does_not_exist():
    named = [name for name, _ in in_template()]

    assert sorted(named) == sorted({*variables(), *OF_OTHERS})


def test_the_settings_of_the_template_are_good_ones_also_those_that_it_shows():
    shown = {name: value for name, value in in_template() if name not in OF_OTHERS}
    assert shown.pop("CLINIC_KEY_COMMAND").startswith("/")  # it has to be there to be taken

    assert load_settings(shown).behind_tls


def test_the_readme_names_every_setting():
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z_]+)`", readme))

    assert set(variables()) - named == set()


def test_nginx_takes_what_the_program_takes_and_no_more():
    assert sizes("client_max_body_size") == [MAX_BODY_BYTES, MAX_REPORT_BYTES]
    assert {4 * size for size in sizes("large_client_header_buffers")} == {MAX_HEADER_BYTES}
    config = read("gunicorn.conf.py")
    assert f"limit_request_fields = {MAX_HEADERS}" in config
    field = int(re.search(r"limit_request_field_size = (\d+)", config)[1])
    assert max(sizes("large_client_header_buffers")) - 8 < field <= 8190


def test_nginx_writes_nothing_that_a_patient_typed_to_a_disk():
    """A body, and a paper on its way out, fit into memory."""
    assert sizes("client_body_buffer_size") == sizes("client_max_body_size")
    assert "proxy_max_temp_file_size 0;" in read("nginx.conf")


def test_no_log_of_nginx_holds_an_address():
    site = read("nginx.conf")
    form = re.search(r"log_format clinic (.*?);", site, re.DOTALL)[1]

    assert not re.search(r"\$(request_uri|uri|args|request|http_\w+|query_string)\b", form)
    assert set(re.findall(r"access_log (\S+ ?\w*);", site)) == {
        "off",
        "/var/log/nginx/clinic-intake.log clinic",
    }
    levels = re.findall(r"error_log \S+ (\w+);", site)
    assert len(levels) == site.count("\nserver {")
    assert set(levels) == {"emerg"}  # all lesser ones end with the request, address and all


def test_every_server_with_tls_takes_1_2_and_1_3_alone():
    """The one for other names too: nginx takes from it what a connection may speak."""
    servers = [part for part in read("nginx.conf").split("\nserver {") if " 443 ssl" in part]

    assert len(servers) == 2
    for server in servers:
        assert re.findall(r"ssl_protocols (.*);", server) == ["TLSv1.2 TLSv1.3"]


def test_nginx_can_read_the_site(tmp_path):
    if (nginx := nginx_program()) is None:
        pytest.skip("nginx is not installed: apt-get install nginx")
    certificate(tmp_path)
    lay_site(tmp_path, 8443)
    command = [nginx, "-t", "-q", "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-e", "stderr"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES)
def test_the_services_have_no_rights_to_spare_and_see_no_history(unit):
    lines = set(read(unit).splitlines())

    assert {
        "User=clinic-intake",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "InaccessiblePaths=-/opt/clinic-intake/.git",
    } <= lines


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_can_read_the_units(tmp_path):
    for name in UNITS:
        unit = read(name).replace("/opt/clinic-intake", str(CHECKOUT))
        Path(tmp_path / name).write_text(unit)
    command = ["systemd-analyze", "verify", "--man=no", *(tmp_path / name for name in UNITS)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("page", ["away.html", "too-large.html"])
def test_the_pages_of_nginx_speak_both_languages_and_say_whom_to_call(page):
    text = read(page)

    assert '<div lang="es">' in text
    assert text.count("911") == text.count("555-555-0100") == 2
    assert not re.search(r"(src|href|style)=", text)


def test_the_guide_names_files_that_are_there():
    guide = (CHECKOUT / "docs" / "running-for-real.md").read_text(encoding="utf-8")

    for name in re.findall(r"deploy/([\w.-]+\.(?:conf|html|service|socket|sh|env))", guide):
        assert (DEPLOY / name).exists(), name
