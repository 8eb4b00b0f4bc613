"""Staff who refer: one draft through the pages, step by step, as people press the buttons."""

from typing import Any
from uuid import UUID, uuid4

from clinic.referral.provider import Provider
from clinic.store import providers, referrals
from clinic.store.database import Database
from clinic.store.referrals import Kept
from tests.web.browser import Page
from tests.web.staff import BEFORE, Worker

SERVICE = "spine-clinic"
QUESTION = "Please assess for a pressed nerve."
ASKED = {
    "service": SERVICE,
    "kind": "consult",
    "question": QUESTION,
    "urgency": "routine",
    "act_by": "2026-04-20",
    "meanwhile": "Exercise goes on.",
}


def list_provider(database: Database, **values: Any) -> Provider:
    """Put somebody into the directory."""
    words = {"name": "Mill Road Spine", "service": SERVICE, "fax": "555-555-0177", **values}
    entry = Provider(id=uuid4(), **words)
    with database.writing() as tx:
        providers.add(tx, entry, now=BEFORE)
    return entry


def kept_of(database: Database, referral_id: UUID | str) -> Kept:
    with database.reading() as tx:
        return referrals.get(tx, UUID(str(referral_id)))


class Referrer:
    """A member of staff at the pages of one referral."""

    def __init__(self, worker: Worker, intake_id: UUID, provider: Provider | None = None) -> None:
        self.worker = worker
        self.browser = worker.browser
        self.intake_id = intake_id
        self.provider = provider
        self.id = ""

    @property
    def place(self) -> str:
        return f"/staff/referrals/{self.id}"

    def asks(self, service: str = SERVICE) -> Page:
        return self.browser.get(f"/staff/intakes/{self.intake_id}/referrals/new?service={service}")

    def records_consent(self, service: str = SERVICE) -> Page:
        self.asks(service)
        where = f"/staff/intakes/{self.intake_id}/referrals/consent?service={service}"
        return self.browser.post(where, {"how": "said", "scope": "The letter"})

    def drafts(self, **changes: Any) -> str:
        """Fill in the request; give the id of the referral."""
        chosen = {"provider": str(self.provider.id)} if self.provider else {}
        fields = {**ASKED, **chosen, **changes}
        self.asks(str(fields["service"]))
        page = self.browser.post(f"/staff/intakes/{self.intake_id}/referrals/new", fields)
        self.id = page.location.rsplit("/", 1)[1]
        return self.id

    def opens(self, status: int = 200) -> Page:
        return self.browser.get(self.place, status)

    def does(self, act: str, status: int = 303, **fields: Any) -> Page:
        """Open the page, then send one of its forms."""
        self.opens()
        return self.sends_form(act, status, **fields)

    def sends_form(self, act: str, status: int = 303, **fields: Any) -> Page:
        """Send a form of the page at hand."""
        page = self.browser.page
        assert page is not None
        form = page.select_one(f'form[action$="{self.id}/{act}"]')
        hidden = {str(tag["name"]): str(tag["value"]) for tag in form.select("[type=hidden]")}
        return self.browser.post(str(form["action"]), {**hidden, **fields}, status)

    def moves(self, act: str, status: int = 303, **fields: Any) -> Page:
        return self.does(f"moves/{act}", status, **fields)

    def gets_ready(self) -> None:
        """Everything up to a signed letter."""
        self.records_consent()
        self.drafts()
        self.moves("complete")
        self.does("sign")

    def is_sent(self) -> None:
        self.gets_ready()
        self.does("send", channel="fax")

    def tries_to_send(self, database: Database, channel: str = "print") -> Page:
        """Post the sending from a page that was opened before something came in the way."""
        version = str(kept_of(database, self.id).referral.version)
        return self.browser.post(
            f"{self.place}/send", {"channel": channel, "version": version}, 409
        )
