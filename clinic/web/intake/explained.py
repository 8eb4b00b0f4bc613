"""Clinical words of a question that its own words do not explain, with their plain meaning."""

import re
from collections.abc import Iterable, Iterator, Mapping

WITHIN = re.compile(r"\([^()]*\)")
"""What stands in parentheses is explained by the words before it: "weak bones (osteoporosis)"."""
MEANT = re.compile(r"\((?:It is|Es|Son) ", re.IGNORECASE)
"""So begins a question's own explanation."""


def explanations(texts: Iterable[str], meanings: Mapping[str, str]) -> Iterator[str]:
    """Give a sentence for each word of `meanings` that stands in the texts unexplained."""
    told = "\n".join(text for text in texts if not MEANT.search(text))
    bare = WITHIN.sub("", told)
    for term in sorted(meanings, key=len, reverse=True):
        stands = re.compile(rf"(?<![\w-]){re.escape(term)}(?![\w-])", re.IGNORECASE)
        if stands.search(bare) and len(stands.findall(bare)) == len(stands.findall(told)):
            yield f"{term[:1].upper()}{term[1:]}: {meanings[term]}."
            bare, told = stands.sub("", bare), stands.sub("", told)
