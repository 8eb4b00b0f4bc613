"""Who approved which shipped text, as the clinic's own `approvals.yaml` says it.

An entry names the text by its file, and by the digest of the words that were read. When the words
change, the entry holds no longer: what nobody read is not approved.
"""

import datetime as dt
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from clinic.library.article import Article, Fact
from clinic.library.faults import Fault
from clinic.library.lined_yaml import Fields, read_mapping

KEYS = ("text", "reviewed_by", "reviewed_on", "review_by")
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One entry: the file of the text, the digest that was approved, who, when, how long."""

    file: str
    text: str
    reviewed_by: str
    reviewed_on: dt.date
    review_by: dt.date
    line: int

    def holds_for(self, article: Article) -> bool:
        """True while the text is the one that was approved."""
        return article.digest == self.text

    def signed(self, article: Article) -> Article:
        """Give the article as approved; facts keep a review date of their own."""

        def fresh(fact: Fact) -> Fact:
            follows = fact.review_by == article.review_by
            return replace(fact, review_by=self.review_by) if follows else fact

        return replace(
            article,
            status="reviewed",
            reviewed_by=self.reviewed_by,
            reviewed_on=self.reviewed_on,
            review_by=self.review_by,
            facts={name: fresh(fact) for name, fact in article.facts.items()},
        )


def read_approvals(path: str, text: str, faults: list[Fault]) -> dict[str, Approval]:
    """Read every entry that is whole; what is wrong with the others joins `faults`."""
    if not text.strip():
        return {}
    mapping = read_mapping(text, path, faults)
    if mapping is None:
        return {}
    top = Fields(mapping, path, faults)
    parts = {str(file): top.fields(file) for file in mapping}
    found = {file: _approval(file, part, top) for file, part in parts.items() if part is not None}
    return {file: approval for file, approval in found.items() if approval is not None}


def _approval(file: str, part: Fields, top: Fields) -> Approval | None:
    before = len(part.faults)
    part.only(KEYS)
    approval = Approval(
        file=file,
        text=part.text("text"),
        reviewed_by=part.text("reviewed_by"),
        reviewed_on=part.date("reviewed_on"),
        review_by=part.date("review_by"),
        line=top.line(file),
    )
    if len(part.faults) > before:
        return None
    if not DIGEST.fullmatch(approval.text):
        part.fault("text", "'text' must be what `clinic approval` prints: 64 letters and digits")
    if approval.review_by <= approval.reviewed_on:
        part.fault("review_by", "'review_by' must come after 'reviewed_on'")
    return approval if len(part.faults) == before else None


def sign(
    shipped: Mapping[str, Article],
    replaced: Mapping[str, Article],
    path: str,
    approvals: Mapping[str, Approval],
    faults: list[Fault],
) -> Iterator[tuple[Article, Fault | None]]:
    """Give every shipped text that an entry names: signed, or with why the entry does not hold.

    `shipped` and `replaced` go by file: what is shown as it came, and what is shown in the
    clinic's own words. An entry for anything else joins `faults`.
    """
    for file, approval in approvals.items():
        if file in replaced:
            why = "your own text stands in its place: sign it in its own file, and take this out"
            faults.append(Fault(path, approval.line, why))
        elif file not in shipped:
            near = difflib.get_close_matches(file, shipped, n=1)
            mend = f"did you mean {near[0]}?" if near else "take this out"
            faults.append(Fault(path, approval.line, f"there is no text {file}: {mend}"))
        elif approval.holds_for(shipped[file]):
            yield approval.signed(shipped[file]), None
        else:
            why = f"{file} has changed since it was approved: read it again, and approve it anew"
            yield shipped[file], Fault(path, approval.line, why)
