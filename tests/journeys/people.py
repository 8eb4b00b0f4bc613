"""People at a browser: their methods are what people do. Each page they meet is checked."""

import re
from contextlib import nullcontext
from typing import Any, ClassVar
from urllib.parse import urlencode, urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import BrowserContext, Locator, Request, expect

from tests.web.patient import plain_answers

AXE = Axe()
BY_ELEMENT = ["color-contrast", "target-size"]
"""What depends on an element, where it stands and what is beside it: half of the time of axe."""
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {rule: {"enabled": False} for rule in BY_ELEMENT},
    "resultTypes": ["violations"],
}
"""What is looked for on the page as a whole."""
VIOLATIONS = """async ([parts, names, rules, byElement]) => {
  const found = (await axe.run(document, rules)).violations;
  const include = names.map(name => parts.get(name)).filter(Boolean);
  if (include.length) {
    const more = { runOnly: { type: "rule", values: byElement }, resultTypes: ["violations"] };
    found.push(...(await axe.run({ include }, more)).violations);
  }
  return found.map(
    each => `${each.id} at ${each.nodes.slice(0, 3).map(node => node.target.join(" "))}`);
}"""
"""Only what is wrong comes back: the whole report of a page takes seconds to read."""
PARTS = """() => {
  const told = ["class", "role", "type", "lang", "dir", "style", "hidden", "open", "tabindex",
    "scope", "disabled", "checked", "autocomplete", "aria-hidden", "aria-live", "aria-expanded",
    "aria-current", "aria-invalid", "aria-modal"];
  const digest = words => {
    let high = 0xdeadbeef, low = 0x41c6ce57;
    for (let at = 0; at < words.length; at += 1) {
      high = Math.imul(high ^ words.charCodeAt(at), 2654435761);
      low = Math.imul(low ^ words.charCodeAt(at), 1597334677);
    }
    return (high >>> 0).toString(36) + (low >>> 0).toString(36);
  };
  const parts = new Map(), ids = new Set(), landmarks = {};
  const walk = (at, above, before) => {
    const own = [at.localName, before, at.getClientRects().length > 0,
      [...at.childNodes].some(each => each.nodeType === 3 && each.data.trim()),
      Boolean(at.textContent.trim()),
      ...at.getAttributeNames().sort().map(
        each => told.includes(each) ? `${each}=${at.getAttribute(each)}` : each)];
    const chain = digest(`${above} ${own.join(" ")}`);
    if (!parts.has(chain)) parts.set(chain, at);
    if (at.id && ids.has(at.id)) parts.set(`${at.id} stands twice`);
    ids.add(at.id);
    if (at.matches("header, nav, main, aside, footer, [role]")) {
      landmarks[at.localName] = (landmarks[at.localName] || 0) + 1;
    }
    let last = "";
    for (const each of at.children) {
      walk(each, chain, last);
      last = `${each.localName}.${each.className.baseVal ?? each.className}`;
    }
  };
  walk(document.documentElement, `${innerWidth}`, "");
  parts.set(digest(JSON.stringify(landmarks)));
  let above = "";
  for (const each of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    parts.set(`${above} then ${each.localName}`);
    above = each.localName;
  }
  return parts;
}"""
"""What a page is made of: each element with its attributes, what it stands in and what it follows,
whether it is drawn and holds words (with the first that is so); ids that stand twice, landmarks,
the order of headings."""
MOST_PAGES = 60
SHOWN_NAMES = """fields => fields
  .filter(field => !field.matches(":disabled"))
  .filter(field => ["radio", "checkbox"].includes(field.type) || field.getClientRects().length)
  .map(field => field.name)"""
"""In one question to the browser: a drawn box may lie over its input, so those always count."""


class Person:
    """Somebody with a browser profile of their own."""

    seen: ClassVar[set[str]] = set()
    """The parts of pages that axe has read in this run: a page of these alone says nothing new."""

    def __init__(self, context: BrowserContext, base: str, *, javascript: bool = True) -> None:
        self.context = context
        self.base = base
        self.javascript = javascript
        self.faults: list[str] = []
        context.set_default_timeout(8_000)
        self.page = context.new_page()
        self.page.on("console", lambda said: self._heard(said.type, said.text))
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        context.on("request", self._asked)

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 4" not in text:
            self.faults.append(f"console: {text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:", "about:")):
            self.faults.append(f"asked another origin: {request.url}")

    # Doing ----------------------------------------------------------------------

    def opens(self, path: str) -> None:
        """Go to a page of the program."""
        self.page.goto(self.base + path)
        self.looks()

    def presses(self, name: str) -> None:
        """Press a button or follow a link, by the words on it."""
        button = self.page.get_by_role("button", name=name, exact=True)
        target = button if button.count() else self.page.get_by_role("link", name=name, exact=True)
        # With a script a step is sent a moment later: once the clinic is known to be reached.
        is_step = target.first.evaluate("e => e.type === 'submit' && e.form?.id === 'step'")
        with self.page.expect_navigation() if is_step else nullcontext():
            target.first.click()
        self.page.wait_for_load_state()
        self.looks()

    def goes_back(self) -> None:
        """Press the browser's Back button."""
        self.page.go_back()
        self.looks()

    # Seeing ---------------------------------------------------------------------

    @property
    def heading(self) -> str:
        """The words of the first heading."""
        return self.page.locator("h1").inner_text()

    @property
    def path(self) -> str:
        """The path of the page at hand."""
        return urlsplit(self.page.url).path

    @property
    def words(self) -> str:
        """All words that stand on the page."""
        return self.page.locator("body").inner_text()

    def sees(self, words: str) -> None:
        """The page says so."""
        expect(self.page.locator("body")).to_contain_text(words)

    def looks(self) -> None:
        """What must be true of every page: it fits the screen, and axe finds nothing in its parts.

        axe takes a second and more, so it reads a page that has a part which no page before had;
        and of such a page the colors and the sizes of those parts alone.
        It waits for a script of its own, so it cannot read a page with scripts off.
        """
        too_wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if too_wide > 0:
            self.faults.append(f"{self.path}: {too_wide} px too wide")
        if not self.javascript:
            return
        parts = self.page.evaluate_handle(PARTS)
        new = set(parts.evaluate("parts => [...parts.keys()]")) - self.seen
        if not new:
            return
        self.seen.update(new)
        self.page.evaluate(AXE.axe_script)
        for violation in self.page.evaluate(VIOLATIONS, [parts, sorted(new), RULES, BY_ELEMENT]):
            self.faults.append(f"{self.path}: axe {violation}")

    def leaves(self) -> list[str]:
        """Close the browser, and give everything that was wrong on a page."""
        self.context.close()
        return self.faults


class Patient(Person):
    """Somebody with a sore back."""

    def __init__(self, context: BrowserContext, base: str, *, javascript: bool = True) -> None:
        super().__init__(context, base, javascript=javascript)
        self.plans: dict[str, Any] = dict(plain_answers())
        self.code = ""

    def agrees(self, name: str = "Pat Sample") -> None:
        """Read the consent, tick it, type a name, start; note the code."""
        self.opens("/intake/")
        self.consents(name)

    def consents(self, name: str) -> None:
        """Tick the consent at hand, type a name, start; note the code."""
        self.page.locator("[name=agree]").check()
        self.page.locator("[name=name]").fill(name)
        self.page.locator("main form button[type=submit]").last.click()
        self.page.wait_for_load_state()
        self.looks()
        self.code = self.page.locator(".resume_code").first.inner_text().strip()

    def starts_answering(self) -> None:
        """Go from the page with the code to the first question."""
        self.opens("/intake/about-you")

    def sends_everything(self, name: str) -> None:
        """Answer and send under a name; the pages go by, since the journey is about others."""
        self.plans["full-name"] = [name]
        self.agrees(name)
        self.starts_answering()
        self.hurries()
        self.sends()

    def asks_how_it_stands(self) -> None:
        """Open /status with the code and the birth date."""
        self.opens("/status")
        if self.page.locator("[name=code]").count():
            self.page.locator("[name=code]").fill(self.code)
            for part in ("year", "month", "day"):
                born = self.plans[f"birth-date-{part}"][0]
                self.page.locator(f"[name=born-{part}]").fill(born)
            self.presses("Show me")

    def arrives_at(self, step: str, name: str) -> None:
        """Agree in the browser under a name; the pages before the step go by."""
        self.plans["full-name"] = [name]
        self.agrees(name)
        self.starts_answering()
        self.hurries(until=f"/intake/{step}")

    def answers(self, link_id: str, *values: str) -> None:
        """Give one answer as a person would: by the label of the box, or by typing."""
        self.plans[link_id] = list(values)
        self._fill(link_id, list(values))

    def fills_in(self) -> None:
        """Answer everything on the page at hand, follow-ups included as they show."""
        for closed in self.page.locator("main form details:not([open]) > summary").all():
            closed.click()
        done: set[str] = set()
        for _ in range(4):
            names = [n for n in self._names_shown() if n in self.plans and n not in done]
            if not names:
                return
            for name in names:
                self._fill(name, self.plans[name])
                done.add(name)

    def continues(self) -> None:
        """Press Continue."""
        self.presses("Continue")

    def goes_on(self, until: str = "/intake/review") -> None:
        """Fill in and continue, page after page, until one comes."""
        for _ in range(MOST_PAGES):
            if self.path == until:
                return
            before = self.page.url
            self.fills_in()
            self.continues()
            assert not self.page.locator(".error-summary, .error_summary").count(), (
                f"{before}: {self.page.locator('.error_summary').all_inner_texts()}"
            )
        raise AssertionError(f"{until} never came")

    def hurries(self, until: str = "/intake/review") -> None:
        """Post page after page without drawing them, from the same profile; then open `until`.

        For the pages that a journey is not about: it is the real form, posted as without script.
        """
        came = self.context.request.get(self.page.url)
        for _ in range(MOST_PAGES):
            if urlsplit(came.url).path in (until, "/intake/urgent"):
                break
            page = BeautifulSoup(came.text(), "html.parser")
            form = page.select_one("main form[method=post]")
            assert form is not None, f"{came.url}: nothing to answer"
            assert page.select_one("#error-summary") is None, f"{came.url}: a question is open"
            came = self.context.request.post(
                urljoin(came.url, str(form.get("action") or "")),
                data=urlencode(self._posted(form), doseq=True),
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            )
        self.opens(urlsplit(came.url).path)
        assert self.path == until, f"{self.path} came before {until}"

    def _posted(self, form: Any) -> dict[str, list[str]]:
        hidden = form.select("input[type=hidden][name]")
        asked = {str(field["name"]) for field in form.select("[name]:not([type=hidden])")}
        return {str(field["name"]): [str(field["value"])] for field in hidden} | {
            name: values for name, values in self.plans.items() if name in asked
        }

    def sends(self) -> None:
        """Send the answers to the clinic."""
        self.presses("Send to the clinic")

    def _names_shown(self) -> list[str]:
        fields = self.page.locator("main form [name]:not([type=hidden])")
        return list(dict.fromkeys(fields.evaluate_all(SHOWN_NAMES)))

    def _fill(self, name: str, values: list[str]) -> None:
        fields = self.page.locator(f'main form [name="{name}"]:not([type=hidden])')
        kind = fields.first.get_attribute("type")
        if kind in ("radio", "checkbox"):
            for value in values:
                self._tick(fields.and_(self.page.locator(f'[value="{value}"]')).first)
        elif fields.first.evaluate("e => e.tagName") == "SELECT":
            fields.first.select_option(values[0])
        else:
            fields.first.fill(values[0])

    def _tick(self, box: Locator) -> None:
        """Tick a box, where it can be reached."""
        if not box.is_checked():
            box.check()


class Staff(Person):
    """Somebody who works at the clinic."""

    def signs_in(self, username: str, password: str) -> None:
        """Sign in, and stand before the worklist."""
        self.opens("/staff/sign-in")
        self.page.locator("[name=username]").fill(username)
        self.page.locator("[name=password]").fill(password)
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url(re.compile(r"/staff/$"))
        self.looks()

    def finds(self, name: str, group: str) -> Locator:
        """Look a patient up on the list at hand, under a heading; gives their row."""
        heading = self.page.get_by_role("heading", level=2, name=re.compile(f"^{group}"))
        section = self.page.locator("main section").filter(has=heading)
        row = section.get_by_role("listitem").filter(has_text=name)
        expect(row, f"{name} stands once under {group}").to_have_count(1)
        return row

    def reads(self, name: str) -> None:
        """Open a patient from the list at hand."""
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.looks()

    def records(self, outcome: str, words: str) -> None:
        """Record how a call ended, on the patient's page at hand."""
        form = self.page.locator("form").filter(has=self.page.locator("[name=outcome]"))
        form.locator(f"[value={outcome}]").check()
        form.locator("[name=words]").fill(words)
        self.presses("Record it")

    def looks_up(self, name: str) -> None:
        """Find a patient by name, and open what was sent last."""
        self.page.locator("#who").fill(name)
        self.presses("Look up")
        self.page.locator(".found_person__sent a").first.click()
        self.page.wait_for_load_state()
        self.looks()

    def writes(self, words: str, *, before: str) -> None:
        """Write into the form that a button ends."""
        button = self.page.get_by_role("button", name=before, exact=True)
        self.page.locator("form").filter(has=button).locator("textarea").fill(words)
