"""Measures how hard a text is to read: Flesch-Kincaid grade, and the longest sentence."""

import re
from collections.abc import Collection
from dataclasses import dataclass

# Words that the rules below count wrongly. Numbers are syllables as spoken in the US.
SYLLABLES = {
    "area": 3, "areas": 3, "being": 2, "business": 2, "caught": 1, "chocolate": 2, "clothes": 1,
    "colour": 2, "does": 1, "doesn't": 2, "diet": 2, "every": 2, "everyone": 3, "everything": 3,
    "evening": 2, "fluid": 2, "fluids": 2, "going": 2, "doing": 2, "hadn't": 2, "didn't": 2,
    "isn't": 2, "wasn't": 2, "couldn't": 2, "wouldn't": 2, "shouldn't": 2, "haven't": 2,
    "hasn't": 2, "idea": 3, "ideas": 3, "science": 2, "client": 2, "quiet": 2, "trial": 2,
    "trials": 2, "lie": 1, "lies": 1, "lying": 2, "trying": 2, "people": 2, "someone": 2,
    "something": 2, "sometimes": 2, "somewhere": 2, "whole": 1, "create": 2, "real": 1,
    "really": 2, "seeing": 2, "dying": 2, "saying": 2, "staying": 2, "paying": 2, "buying": 2,
    "nerve": 1, "nerves": 1, "careful": 2, "carefully": 3, "safety": 2, "lifetime": 2,
    "therefore": 2, "themselves": 2, "yourselves": 2, "ourselves": 2, "yourself": 2,
    "period": 3, "serious": 3, "experience": 4, "medicine": 3, "medicines": 3, "ruin": 2,
    "cooperate": 4, "react": 2, "reaction": 3, "usually": 4, "usual": 3, "actual": 3,
    "actually": 4, "gradual": 3, "manual": 3, "virus": 2, "poem": 2, "eye": 1, "eyes": 1,
    "hours": 1, "hour": 1, "our": 1, "video": 3, "radio": 3, "obvious": 3, "various": 3,
    "previous": 3, "year": 1, "years": 1, "one": 1, "once": 1, "done": 1, "none": 1,
    "anyone": 3, "anything": 3, "maybe": 2, "home": 1, "piece": 1, "fiery": 3, "naked": 2,
    "hundred": 2, "wicked": 2, "cruel": 2, "fuel": 2, "duel": 2, "jewel": 2, "towel": 2,
    "bowel": 2, "vowel": 2, "employee": 3, "x-ray": 2, "id": 2, "mri": 3, "mris": 3, "fda": 3,
    "ct": 2, "pdf": 3, "ok": 2, "tv": 2, "md": 2, "nct": 3, "us": 1, "everyday": 3,
    "stomach": 2, "stomachs": 2, "ache": 1, "aches": 1, "headache": 2, "toe": 1, "toes": 1,
    "shoe": 1, "shoes": 1, "knee": 1, "knees": 1, "pee": 1, "free": 1, "agree": 2, "degree": 2,
    "biggest": 2, "interest": 2, "interested": 3, "different": 2, "differently": 3,
    "several": 2, "camera": 2, "general": 3, "separate": 3, "temperature": 4, "favorite": 3,
    "family": 3, "probably": 3, "comfortable": 4, "comfortably": 4, "vegetable": 3,
    "influence": 3, "fluent": 2, "truant": 2, "giant": 2, "reliable": 4, "society": 4,
    "variety": 4, "anxiety": 4, "diabetes": 4, "violence": 3, "violent": 3, "dial": 2,
    "due": 1, "blue": 1, "true": 1, "clue": 1, "value": 2, "continue": 3, "rescue": 2,
    "issue": 2, "tissue": 2, "tissues": 2, "league": 1, "tongue": 1, "fatigue": 2,
    "unique": 2, "technique": 2, "clinic's": 2, "nurse": 1, "nurse's": 2,
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
