"""Keys alone, at 400 % zoom: a patient reads a stretch, answers everything and gets the paper."""

import re

import pytest

from tests.journeys.conftest import Waiting
from tests.journeys.people import Patient

pytestmark = [pytest.mark.journey, pytest.mark.proof]

ZOOMED = {"width": 320, "height": 256}
"""A window of 1280 x 1024 px at 400 %: so many CSS pixels are left."""
MOST_TABS = 400
GOES_ON = {"Continue", "I agree. Start the questions"}
AT = """() => {
  const at = document.activeElement;
  const label = at.labels && at.labels[0];
  return { tag: at.tagName, type: at.type || "", name: at.name || "", value: at.value || "",
    words: (at.textContent || "").trim().replace(/\\s+/g, " "), checked: Boolean(at.checked),
    for: label ? label.textContent.trim() : "" };
}"""
SEEN = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "nothing has the focus";
  const isBox = ["radio", "checkbox"].includes(at.type) && at.labels && at.labels[0];
  const shown = isBox && at.getBoundingClientRect().left < 0 ? at.labels[0] : at;
  const styles = [at, ...(at.labels || [])].flatMap(
    each => [getComputedStyle(each), getComputedStyle(each, "::before")]);
  if (!styles.some(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2))
    return "the focus is not to be seen";
  for (const box of shown.getClientRects()) {
    const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    if (right - left < 1 || bottom - top < 1) continue;
    for (const part of [0.5, 0.1, 0.9]) {
      const hit = document.elementFromPoint(
        left + (right - left) * 0.5, top + (bottom - top) * part);
      if (hit && (shown.contains(hit) || [...(at.labels || [])].some(each => each.contains(hit))))
        return "";
    }
  }
  return "the focus is out of view or under something";
}"""


class KeyPatient(Patient):
    """Somebody whose hands use keys alone: no mouse, no finger."""

    def at(self) -> dict[str, str]:
        """What has the focus."""
        return dict(self.page.evaluate(AT))

    def tabs(self) -> dict[str, str]:
        """Press Tab; what has the focus then is seen, and under nothing."""
        self.page.keyboard.press("Tab")
        here = self.at()
        if here["tag"] != "BODY" and (wrong := self.page.evaluate(SEEN)):
            self.faults.append(f"{self.path}: {wrong}: {here}")
        return here

    def tabs_to(self, words: str, *, starting: bool = False) -> None:
        """Tab on until a link or button with these words has the focus."""
        for _ in range(MOST_TABS):
            here = self.tabs()
            found = here["words"].startswith(words) if starting else here["words"] == words
            if here["tag"] in ("A", "BUTTON", "SUMMARY") and found:
                return
        raise AssertionError(f"{self.path}: no Tab comes to {words!r}")

    def follows(self, words: str, **how: bool) -> None:
        """Tab to a link or button, and press Enter."""
        self.tabs_to(words, **how)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.looks()

    def fills_in(self) -> None:
        """Tab through the whole page, and give each field its answer as it comes."""
        self.page.locator("h1").wait_for()
        came = False
        for _ in range(MOST_TABS):
            here = self.tabs()
            if here["tag"] == "SUMMARY" and not self._is_open():
                self.page.keyboard.press("Enter")
            elif here["name"] in self.plans and here["type"] != "hidden":
                came = True
                self._gives(here)
            elif here["tag"] == "BUTTON" and here["words"] in GOES_ON and came:
                return
        raise AssertionError(f"{self.path}: {'no Continue' if came else 'no field'} by Tab")

    def _is_open(self) -> bool:
        return bool(self.page.evaluate("document.activeElement.parentElement.open"))

    def _gives(self, here: dict[str, str]) -> None:
        wanted = self.plans[here["name"]]
        keys = self.page.keyboard
        if here["type"] == "checkbox":
            if (here["value"] in wanted) is not here["checked"]:
                keys.press("Space")
        elif here["type"] == "radio":
            if not here["checked"] and here["value"] == wanted[0]:
                keys.press("Space")
            for _ in range(40):
                if self.at()["value"] == wanted[0]:
                    return
                keys.press("ArrowDown")
            raise AssertionError(f"{self.path}: no arrow comes to {wanted[0]}: {here}")
        elif here["tag"] == "SELECT":
            label = self.page.evaluate(
                "value => [...document.activeElement.options].find(o => o.value === value).text",
                wanted[0],
            )
            keys.type(label)
        else:
            keys.press("Control+a")
            keys.type(wanted[0])

    def continues(self) -> None:
        """Press Enter on the button that has the focus."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.looks()


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_keyboard_only_at_400_percent_zoom(waiting_room: Waiting, javascript: bool) -> None:
    patient = waiting_room.device(KeyPatient, javascript=javascript, viewport=ZOOMED)
    patient.opens("/")
    assert patient.tabs()["words"] == "Skip to main content"
    patient.page.keyboard.press("Enter")
    patient.follows("Three gentle stretches")
    patient.follows("Sphinx stretch")
    patient.sees("30 seconds")
    patient.page.keyboard.press("Control+Home")
    patient.page.reload()
    patient.follows("Your questions")

    patient.plans |= {"agree": ["yes"], "name": ["Pat Keys"]}
    patient.fills_in()
    patient.continues()
    patient.follows("Start with the first question")
    for _ in range(60):
        if patient.path == "/intake/review":
            break
        patient.fills_in()
        patient.continues()
        assert not patient.page.locator(".error_summary").count(), patient.words
    assert patient.path == "/intake/review"
    patient.follows("Send to the clinic")
    assert patient.path == "/intake/done"
    patient.tabs_to("Get your paper (PDF)")
    paper = patient.page.evaluate("document.activeElement.href")
    assert re.search(r"/intake/summary\.pdf$", paper)
    assert patient.context.request.get(paper, timeout=60_000).body().startswith(b"%PDF-")
