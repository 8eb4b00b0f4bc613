"""Settings from the environment, here and nowhere else. A wrong one stops the start."""

import os
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from babel.localedata import exists
from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from clinic.errors import BadInput, Misconfigured
from clinic.opening import OpeningHours, read_clock, read_opening_hours
from clinic.referral.clocks import Clocks, Escalation

LANGUAGE = re.compile("[a-z]{2}")
POSTGRES = re.compile(r"^postgres(ql)?(\+psycopg)?://")
MAIL_ADDRESS = re.compile(r"^[^@\s,;<>]+@[^@\s,;<>]+$")
WEB_ADDRESS = re.compile(r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?$")
REMINDER_DAYS = re.compile(r"^[0-9]{1,2}([, ]+[0-9]{1,2}){0,4}$")
PHONE = re.compile(r"^[0-9+() .-]{2,25}$")

Words = Annotated[tuple[str, ...], NoDecode]


def utc_now() -> datetime:
    """The time, for the edges of the program: what lies below is given it."""
    return datetime.now(UTC)


class Settings(BaseSettings):
    """What whoever runs the program can choose. Each is a variable `CLINIC_<NAME>` or the alias."""

    model_config = SettingsConfigDict(
        env_prefix="CLINIC_",
        frozen=True,
        populate_by_name=True,
        extra="forbid",
    )

    data: Path = Path(".data")
    """Where the embedded database and its neighbours lie."""
    content: Path | None = None
    """A folder of the clinic's own: its pages, its logo, what it has approved."""
    database_url: str | None = Field(None, validation_alias="DATABASE_URL", repr=False)
    """A PostgreSQL address; without one the database is a file in the data folder."""
    smtp_url: str | None = Field(None, validation_alias="SMTP_URL", repr=False)
    duty_address: str = ""
    """Who is told by mail that an intake waits; nobody when it is empty."""
    alert_minutes: int = Field(5, ge=1, le=60)
    """So often the mail about an emergency comes again, until somebody acknowledges it."""
    key_file: Path = Field(default_factory=lambda: default_key_file(os.environ))
    keys: str | None = Field(None, repr=False)
    """Keys in base64 in place of the key file, the one in use first."""
    key_command: Path | None = None
    """A program that wraps and unwraps the keys of the key file, by asking a key service."""
    port: int = Field(8000, validation_alias="PORT", ge=1, le=65535)
    clinic_name: str = Field("Example Spine Clinic", validation_alias="CLINIC_NAME", max_length=120)
    clinic_phone: str = Field("555-555-0100", validation_alias="CLINIC_PHONE")
    emergency_number: str = "911"
    crisis_line: str = "988"
    safe_home_line: str = "1-800-799-7233"
    """A line for whoever is not safe at home; none is named when it is empty."""
    time_zone: str = "America/New_York"
    paper: Literal["letter", "a4"] = "letter"
    languages: Words = ("en", "es")
    open_intake: bool = True
    """False when only an invited patient may start."""
    retention_days: int | None = Field(None, ge=1)
    backup_days: int = Field(35, ge=1, le=3650)
    """For how long backups are kept: so long after a deletion a backup may still hold it."""
    resume_days: int = Field(14, ge=1, le=90)
    kiosk_idle_seconds: int = Field(120, ge=30, le=900)
    """After so long without a press a clinic tablet warns, and then clears itself."""
    opening_hours: str = "Mon-Fri 08:00-17:00"
    """When somebody is at the clinic, as in clinic/opening.py."""
    after_hours_phone: str = ""
    """A line that is answered while the clinic is closed; none when it is empty."""
    call_by: str = "5 pm"
    """By when a patient who needs a call today has to have had it: 5 pm, noon, 17:00."""
    paid_for_regenerative: bool = False
    """True when the clinic offers PRP or stem cells itself; every page about them then says so."""
    referral_clocks: str = ""
    """Changes to the clocks of a referral, such as sent.same_day=30m, declined=2d."""
    referral_escalation: str = ""
    """How long over its time somebody higher is told of a referral, such as same_day=30m."""
    referral_days: int = Field(120, ge=1, le=730)
    """For how many days the other side may answer a referral by its link."""
    invitation_days: int = Field(30, ge=1, le=365)
    """For how many days a link to a patient opens when it is for no appointment."""
    reminder_days: str = "7 1"
    """So many days before the visit an invited patient is reminded by mail; none: "none"."""
    public_url: str = ""
    """Where the outside reaches the program, such as https://clinic.example; for links."""
    first_password_hours: int = Field(72, ge=1, le=336)
    """For so long a password lets somebody in that another made for them."""
    behind_tls: bool = False
    metrics_port: int | None = Field(None, ge=1, le=65535)
    """Where Prometheus may ask how the program does; nowhere when it is not set."""
    metrics_address: str = "127.0.0.1"
    """The address that port is opened at: of this machine, or of a network that is private."""
    trusted_hosts: Words = ("127.0.0.1", "localhost")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  the library names its arguments
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments only: load_settings reads the environment, when it is asked to."""
        return (init_settings,)

    @field_validator("languages", "trusted_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(word for word in re.split(r"[,\s]+", value) if word)
        return value

    @field_validator("languages")
    @classmethod
    def _known_languages(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or any(not LANGUAGE.fullmatch(word) or not exists(word) for word in value):
            raise ValueError("name each language by its two letters, such as en, es")
        if value[0] != "en":
            raise ValueError("name en first: it is the language of the clinic")
        return tuple(dict.fromkeys(value))

    @field_validator("time_zone")
    @classmethod
    def _real_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as fault:
            raise ValueError(f"there is no time zone called {value!r}") from fault
        return value

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not POSTGRES.match(value):
            raise ValueError(
                "it must begin with postgresql:// (leave it out for the embedded database)"
            )
        return POSTGRES.sub("postgresql+psycopg://", value)

    @field_validator("key_command")
    @classmethod
    def _program(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_absolute():
            raise ValueError(
                "write the whole path of a program, such as /usr/local/bin/clinic-keys"
            )
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not WEB_ADDRESS.match(value):
            raise ValueError("write where the program is reached, such as https://clinic.example")
        return value.rstrip("/")

    @field_validator("referral_clocks")
    @classmethod
    def _clocks(cls, value: str) -> str:
        try:
            Clocks.read(value)
        except BadInput as fault:
            raise ValueError(str(fault)) from fault
        return value

    @field_validator("reminder_days")
    @classmethod
    def _days(cls, value: str) -> str:
        if value != "none" and not REMINDER_DAYS.match(value):
            raise ValueError("write days before the visit, such as 7 1, or none")
        return value

    @field_validator("referral_escalation")
    @classmethod
    def _escalation(cls, value: str) -> str:
        try:
            Escalation.read(value)
        except BadInput as fault:
            raise ValueError(str(fault)) from fault
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("smtp://", "smtps://")):
            raise ValueError("it must begin with smtp:// or smtps://")
        return value

    @field_validator("duty_address")
    @classmethod
    def _mail_address(cls, value: str) -> str:
        if value and not MAIL_ADDRESS.match(value):
            raise ValueError("write one mail address, such as desk@clinic.example")
        return value

    @field_validator("opening_hours")
    @classmethod
    def _readable_hours(cls, value: str) -> str:
        read_opening_hours(value)
        return value

    @field_validator("call_by")
    @classmethod
    def _time_of_day(cls, value: str) -> str:
        read_clock(value)
        return value

    @field_validator(
        *("clinic_phone", "emergency_number", "crisis_line"),
        *("after_hours_phone", "safe_home_line"),
    )
    @classmethod
    def _phone(cls, value: str, info: ValidationInfo) -> str:
        may_be_none = info.field_name in ("after_hours_phone", "safe_home_line")
        if not PHONE.match(value) and (value or not may_be_none):
            raise ValueError("write a phone number in digits")
        return value

    @property
    def hours(self) -> OpeningHours:
        """When somebody is at the clinic."""
        return read_opening_hours(self.opening_hours)

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def mail_gap(self) -> str:
        """Give what is missing so that staff can be told by mail; nothing when all is there."""
        if not self.duty_address:
            return "no duty address is set"
        return "" if self.smtp_url else "no mail server is set"

    @property
    def invitation_gap(self) -> str:
        """Give what is missing so that patients can be invited by mail; nothing when all is set."""
        if not self.smtp_url:
            return "no mail server is set"
        return "" if self.public_url else "no public address of this site is set"

    @property
    def passkey_site(self) -> tuple[str, str] | None:
        """The host that passkeys belong to and its address; None where browsers take none.

        They take none without TLS but on this machine, and none for a number in place of a name.
        """
        scheme, _, place = self.public_url.lower().partition("://")
        host = place.partition(":")[0]
        named = bool(host) and not host.replace(".", "").isdigit()
        safe = scheme == "https" or host == "localhost"
        usual = {"https": ":443", "http": ":80"}.get(scheme, "")
        return (host, f"{scheme}://{place.removesuffix(usual)}") if named and safe else None

    @property
    def patient_sender(self) -> str:
        """The address that mail to patients and to the receiving side comes from."""
        host = self.public_url.partition("://")[2].partition(":")[0]
        return self.duty_address or f"no-reply@{host}"

    @property
    def remind_before(self) -> tuple[int, ...]:
        """So many days before the visit an invited patient is reminded, the most first."""
        found = re.findall(r"[0-9]+", self.reminder_days)
        return tuple(sorted({int(each) for each in found}, reverse=True))

    @property
    def clocks(self) -> Clocks:
        """The clocks of a referral."""
        return Clocks.read(self.referral_clocks)

    @property
    def escalation(self) -> Escalation:
        """How long over its time a referral may be before somebody higher is told."""
        return Escalation.read(self.referral_escalation)

    @property
    def database_path(self) -> Path:
        """The file of the embedded database."""
        return self.data / "clinic.db"

    def invitation_path(self, language: str, token: str) -> str:
        """Give where a link to a patient leads: to the page in the patient's language."""
        spoken = language != self.languages[0] and language in self.languages
        return f"/{language}/i/{token}" if spoken else f"/i/{token}"

    def today(self, now: datetime) -> date:
        """The day that it is in the clinic at a moment."""
        return now.astimezone(self.zone).date()


def default_key_file(environ: Mapping[str, str]) -> Path:
    """Where the key file is looked for when CLINIC_KEY_FILE does not say."""
    config = environ.get("XDG_CONFIG_HOME")
    try:
        return (Path(config) if config else Path.home() / ".config") / "clinic-intake/clinic.key"
    except RuntimeError as fault:
        raise Misconfigured("Set CLINIC_KEY_FILE: this account has no home folder.") from fault


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises Misconfigured with a line for every wrong variable."""
    given = os.environ if environ is None else environ
    _refuse_unknown(given)
    source = EnvSettingsSource(Settings)
    source.env_vars = {name.lower(): value for name, value in given.items() if value}
    values: dict[str, Any] = source()
    if not given.get("CLINIC_KEY_FILE"):
        values["key_file"] = default_key_file(given)
    try:
        return Settings(**values)
    except ValidationError as fault:
        raise Misconfigured("\n".join(_sentence(error) for error in fault.errors())) from None


def variables() -> tuple[str, ...]:
    """The names of all variables that are read."""
    return tuple(_variable(name) for name in Settings.model_fields)


def _variable(field: str) -> str:
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"CLINIC_{field.upper()}"


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = variables()
    unknown = [name for name in environ if name.startswith("CLINIC_") and name not in known]
    if unknown:
        raise Misconfigured(
            "\n".join(f"{name}: there is no such setting." for name in sorted(unknown))
        )


def _sentence(error: Mapping[str, Any]) -> str:
    """What is wrong, without the value: an address may hold a password."""
    place = str(error["loc"][0])
    name = _variable(place) if place in Settings.model_fields else place
    message = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    return f"{name}: {message[0].lower()}{message[1:]}."
