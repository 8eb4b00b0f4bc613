"""One referral on the screens of staff, and the other side that answers it without an account."""

from tests.journeys.people import Person, Staff

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
QUESTION = "Please assess for a pressed nerve."


class Receiver(Person):
    """Somebody at the office that got a letter."""

    def opens_the_letter(self, code: str) -> None:
        """Type the code that stands on the letter."""
        self.opens("/r/")
        self.page.locator("[name=code]").fill(code)
        self.presses("Open the letter")

    def answers(self, heading: str, button: str, **typed: str) -> None:
        """Open one answer by its heading, fill it in and send it."""
        part = self._part(heading)
        for name, value in typed.items():
            part.locator(f"[name={name}]").fill(value)
        part.get_by_role("button", name=button, exact=True).click()
        self.page.wait_for_load_state()
        self.looks()

    def attaches(self, heading: str, name: str, content: bytes = PDF) -> None:
        """Choose a file for one answer."""
        upload = {"name": name, "mimeType": "application/pdf", "buffer": content}
        self._part(heading).locator("[type=file]").set_input_files(upload)  # type: ignore[arg-type]

    def _part(self, heading: str):  # type: ignore[no-untyped-def]
        summary = self.page.locator("summary", has_text=heading).first
        part = self.page.locator("details").filter(has=summary).first
        if part.get_attribute("open") is None:
            summary.click()
        return part


def chooses(staff: Staff, provider: str) -> None:
    """Choose who receives the letter, by the name that an entry begins with."""
    option = staff.page.locator("#provider option").filter(has_text=provider).first
    staff.page.locator("#provider").select_option(value=option.get_attribute("value"))


class Referral:
    """One referral, as somebody at the clinic works on it."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self.page = staff.page
        self.place = staff.path

    @classmethod
    def begun(cls, staff: Staff, service: str, provider: str) -> "Referral":
        """Refer the patient whose page is open: record the consent, then draft the letter."""
        place = f"{staff.path}/referrals/new?service={service}"
        staff.opens(place)
        staff.page.get_by_label("The patient said so").check()
        staff.presses("Record the consent")
        chooses(staff, provider)
        staff.page.locator("[name=kind]").first.check()
        staff.page.locator("[name=question]").fill(QUESTION)
        staff.presses("Draft the letter")
        return cls(staff)

    def opens(self, staff: Staff | None = None) -> None:
        """Open its page, perhaps as somebody else."""
        self.staff = staff or self.staff
        self.page = self.staff.page
        self.staff.opens(self.place)

    def is_signed(self) -> None:
        """Read, mark as complete, sign."""
        self.staff.presses("Mark the letter as complete")
        self.staff.presses("Sign the letter")

    def is_sent(self) -> None:
        """Send it by fax."""
        self.page.locator("[name=channel][value=fax]").check()
        self.staff.presses("Mark as sent")

    @property
    def code(self) -> str:
        """The code that stands on the letter."""
        return self.page.locator(".door_code").inner_text().strip()

    def notes(self, what: str, words: str = "") -> None:
        """Note what happened, with a reason or other words where it asks for them."""
        summary = self.page.locator("summary").filter(has_text=what).first
        part = self.page.locator("details").filter(has=summary).first
        if part.get_attribute("open") is None:
            summary.click()
        if words:
            part.locator("[name=words]").fill(words)
        part.get_by_role("button").first.click()
        self.page.wait_for_load_state()
        self.staff.looks()
