"""Settings: read from the environment, and a wrong one is named."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clinic.config import load_settings, variables
from clinic.errors import Misconfigured


def test_everything_has_a_default():
    settings = load_settings({"HOME": "/home/nina"})

    assert settings.data == Path(".data")
    assert settings.database_url is None
    assert (settings.emergency_number, settings.crisis_line) == ("911", "988")
    assert (settings.port, settings.paper, settings.languages) == (8000, "letter", ("en", "es"))
    assert (settings.resume_days, settings.retention_days) == (14, None)
    assert settings.open_intake
    assert not settings.behind_tls


def test_settings_come_from_the_environment_that_is_given():
    settings = load_settings(
        {
            "CLINIC_DATA": "/srv/clinic",
            "CLINIC_KEY_FILE": "/etc/clinic.key",
            "CLINIC_NAME": "North Spine",
            "CLINIC_PHONE": "+1 (555) 555-0199",
            "CLINIC_LANGUAGES": "en, es",
            "CLINIC_OPEN_INTAKE": "false",
            "CLINIC_TRUSTED_HOSTS": "a.example,b.example",
            "DATABASE_URL": "postgres://u:p@db/clinic",
            "PORT": "8123",
            "CLINIC_CALL_BY": "",
        }
    )

    assert settings.database_path == Path("/srv/clinic/clinic.db")
    assert settings.key_file == Path("/etc/clinic.key")
    assert settings.clinic_name == "North Spine"
    assert settings.languages == ("en", "es")
    assert settings.trusted_hosts == ("a.example", "b.example")
    assert settings.database_url == "postgresql+psycopg://u:p@db/clinic"
    assert (settings.port, settings.open_intake, settings.call_by) == (8123, False, "5 pm")


def test_a_link_to_a_patient_leads_to_the_page_in_the_patients_language():
    both, english = load_settings({}), load_settings({"CLINIC_LANGUAGES": "en"})

    assert both.invitation_path("es", "token") == "/es/i/token"
    assert both.invitation_path("en", "token") == "/i/token"
    assert english.invitation_path("es", "token") == "/i/token"


def test_the_key_file_lies_with_the_other_settings_of_a_user():
    settings = load_settings({"XDG_CONFIG_HOME": "/home/nina/.config"})

    assert settings.key_file == Path("/home/nina/.config/clinic-intake/clinic.key")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("CLINIC_TIME_ZONE", "Mars/Base"),
        ("CLINIC_TIME_ZONE", "../etc/passwd"),
        ("CLINIC_PAPER", "b5"),
        ("CLINIC_LANGUAGES", "en,french"),
        ("CLINIC_LANGUAGES", "es,en"),
        ("CLINIC_OPEN_INTAKE", "perhaps"),
        ("CLINIC_RESUME_DAYS", "0"),
        ("CLINIC_RETENTION_DAYS", "-1"),
        ("CLINIC_EMERGENCY_NUMBER", "nine one one"),
        ("DATABASE_URL", "mysql://root:hidden@db/clinic"),
        ("SMTP_URL", "http://mail"),
        ("CLINIC_EMERGENCY_NUMER", "911"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(name, value):
    with pytest.raises(Misconfigured, match=f"^{name}: ") as caught:
        load_settings({name: value})

    assert "hidden" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_all_wrong_settings_are_named_at_once():
    with pytest.raises(Misconfigured) as caught:
        load_settings({"PORT": "x", "CLINIC_PAPER": "b5"})

    assert len(str(caught.value).splitlines()) == 2


def test_a_password_in_an_address_is_not_shown():
    settings = load_settings({"DATABASE_URL": "postgresql://u:hidden@db/clinic"})

    assert "hidden" not in repr(settings)


def test_the_day_is_the_one_in_the_clinic():
    settings = load_settings({"CLINIC_TIME_ZONE": "America/Los_Angeles"})

    assert settings.today(datetime(2026, 3, 17, 6, 59, tzinfo=UTC)) == date(2026, 3, 16)
    assert settings.today(datetime(2026, 3, 17, 7, 0, tzinfo=UTC)) == date(2026, 3, 17)


def test_the_names_of_all_settings_are_known():
    assert {"CLINIC_DATA", "DATABASE_URL", "SMTP_URL", "PORT", "CLINIC_NAME"} <= set(variables())
