"""Measures how hard a text is to read: Flesch-Kincaid grade, and the longest sentence."""

import re
from collections.abc import Collection
from dataclasses import dataclass

# Words that the rules below count wrongly. Numbers are syllables as spoken in the US.
SYLLABLES = {
    "aa": 2, "aches": 1, "actual": 3, "actually": 4, "aed": 3, "anxiety": 4, "anyone": 3,
    "aoa": 3, "area": 3, "areas": 3, "aspirin": 2, "being": 2, "business": 2, "buying": 2,
    "camera": 2, "certificationmatters.org": 9, "chocolate": 2, "client": 2, "cooperate": 4,
    "couldn't": 2, "create": 2, "cruel": 2, "ct": 2, "diabetes": 4, "dial": 2, "didn't": 2,
    "diet": 2, "different": 2, "differently": 3, "dob": 3, "doesn't": 2, "doing": 2, "dos": 2,
    "duel": 2, "dying": 2, "easier": 3, "easiest": 3, "ed": 2, "employee": 3, "er": 2,
    "evening": 2, "every": 2, "everyday": 3, "everything": 3, "experience": 4, "fatigue": 2,
    "fda": 3, "fiery": 3, "fluent": 2, "fluid": 2, "fluids": 2, "forehead": 2, "fuel": 2,
    "going": 2, "hadn't": 2, "hasn't": 2, "hiv": 3, "hundred": 2, "id": 2, "idea": 3, "ideas": 3,
    "influence": 3, "interest": 2, "interested": 3, "isn't": 2, "iv": 2, "league": 1,
    "lifetime": 2, "lying": 2, "maybe": 2, "mayo": 2, "md": 2, "mri": 3, "mris": 3, "naked": 2,
    "nct": 3, "npi": 3, "nurse's": 2, "ok": 2, "osteopenia": 6, "osteoporosis": 6, "pacemaker": 3,
    "paying": 2, "pdf": 3, "peeing": 2, "phq": 3, "platelet": 2, "platelets": 2, "pm": 2,
    "poem": 2, "prp": 3, "quiet": 2, "react": 2, "reaction": 3, "reliable": 4, "ruin": 2,
    "safety": 2, "salesperson": 3, "saying": 2, "science": 2, "seeing": 2, "several": 2,
    "shouldn't": 2, "society": 4, "someone": 2, "something": 2, "sometimes": 2, "somewhere": 2,
    "spasms": 2, "spondylolisthesis": 7, "staying": 2, "tb": 2, "technique": 2, "therefore": 2,
    "tired": 2, "tongue": 1, "trial": 2, "trying": 2, "tv": 2, "unique": 2, "usa": 3, "usual": 3,
    "usually": 4, "variety": 4, "vegetable": 3, "wasn't": 2, "wcag": 2, "wicked": 2,
    "wouldn't": 2,
}  # fmt: skip

VOWELS = re.compile(r"[aeiouy]+")
SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’')]*\s+|\n+")
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,'’%$/-]*[A-Za-z0-9%]|[A-Za-z0-9]")


@dataclass(frozen=True)
class Reading:
    """How hard a text is: US school grade, and its longest sentence with its word count."""

    grade: float
    longest: int
    longest_sentence: str


def sentences(text: str) -> list[str]:
    """Give the sentences of a text. The end of a line ends a sentence, as in a list."""
    return [part.strip() for part in SENTENCE_END.split(text) if WORD.search(part)]


def words(sentence: str) -> list[str]:
    """Give the words of a sentence; a word joined by a hyphen is one word."""
    return WORD.findall(sentence.replace("/", " "))


def syllables(word: str) -> int:
    """Count the syllables of one word as spoken. A number counts as one, as tools do."""
    word = word.lower().replace("’", "'").strip(".,'")
    if word in SYLLABLES:
        return SYLLABLES[word]
    if "-" in word:
        return sum(syllables(part) for part in word.split("-") if part)
    if not re.search("[a-z]", word):
        return 1
    word = re.sub(r"'(s|re|ve|ll|d|m|t)?$", "", word)
    if word in SYLLABLES:
        return SYLLABLES[word]
    return max(1, _by_rule(word))


def _by_rule(word: str) -> int:
    count = len(VOWELS.findall(word))
    if re.search(r"[^aeiouy]e$", word) and not re.search(r"[^aeiouyrw]le$", word):
        count -= 1  # the silent e of "make", not the sounded one of "table"
    elif re.search(r"[^aeiouy]es$", word) and not re.search(r"(s|x|z|ch|sh|c|g)es$", word):
        count -= 0 if re.search(r"[^aeiouyrw]les$", word) else 1
    elif re.search(r"[^aeioudty]ed$", word) or re.search(r"[aeiouy]+[^aeioudty]+ed$", word):
        count -= 1  # "walked", not "needed"
    if re.search(r"[^aeiouy]e(ly|ful|fully|ment|ments|ness|less)$", word):
        count -= 1  # "safely", "movement"
    count += len(re.findall(r"ia(?!l\b|lly\b|n\b|ns\b|ble)|io(?!n)|[^gqst]ua|uo|eo(?!p)", word))
    if re.search(r"(ism|isms|sm)$", word):
        count += 1
    return count


def reading(text: str, uncounted: Collection[str] = ()) -> Reading:
    """Measure a text. Terms in `uncounted` are left out of the grade, not of the length."""
    found = [words(sentence) for sentence in sentences(text)]
    longest = max(sentences(text), key=lambda each: len(words(each)), default="")
    counted = [words(sentence) for sentence in sentences(without(text, uncounted))]
    counted = [sentence for sentence in counted if sentence]
    total = sum(len(sentence) for sentence in counted)
    if not found or not total:
        return Reading(0.0, len(words(longest)), longest)
    beats = sum(syllables(word) for sentence in counted for word in sentence)
    grade = 0.39 * total / len(counted) + 11.8 * beats / total - 15.59
    return Reading(round(grade, 1), len(words(longest)), longest)


def without(text: str, terms: Collection[str]) -> str:
    """Give the text without the given terms, longest first, whole words only."""
    for term in sorted(terms, key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(term)}(?![\w-])", "", text, flags=re.IGNORECASE)
    return text
