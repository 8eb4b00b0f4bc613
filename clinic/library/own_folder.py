"""Looks through the folder of a clinic's own, and reads what it may hold: nothing else is opened.

<folder>/
  logo.svg or logo.png      shown on pages and papers
  approvals.yaml            who approved which shipped text
  sources.yaml              citations of the clinic's own texts
  <language>/pages/*.md     pages of the clinic's own, and shipped pages in its own words
  <language>/options/*.md   shipped texts in its own words
  <language>/stretches/*.md

Safety wording, rules and questionnaires come with the program; a file of these is refused.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from clinic.library.faults import Fault

KINDS = ("stretches", "options", "pages")
APPROVALS, SOURCES = "approvals.yaml", "sources.yaml"
LOGOS = ("logo.svg", "logo.png")
ID = re.compile(r"[a-z][a-z0-9-]{0,59}")

MOST_ENTRIES = 500
"""So many files and folders are looked at; one entry more and nothing is read."""
MOST_BYTES = {".md": 100_000, ".yaml": 100_000, ".svg": 100_000, ".png": 300_000}
"""The largest file of each kind."""

OURS = "safety wording, rules and questionnaires come with the program: take this out"
WHAT = "logo.svg, logo.png, approvals.yaml, sources.yaml and a folder for each language"
OF_THE_PROGRAM = frozenset(
    {
        *("rules", "questionnaires", "summary", "examples", "demo", "figures"),
        *("figures.yaml", "words.yaml"),
    }
)


@dataclass(frozen=True, slots=True)
class OwnFile:
    """One file of the folder: where it lies for whoever looks for it, and its bytes."""

    path: str
    content: bytes

    @property
    def suffix(self) -> str:
        """The ending of its name, such as .md."""
        return Path(self.path).suffix


@dataclass(frozen=True, slots=True)
class OwnText:
    """One Markdown file of the folder, by its place."""

    language: str
    kind: str
    id: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class OwnFolder:
    """Everything that the folder holds, as it was read, and what is wrong with it."""

    root: str
    texts: tuple[OwnText, ...] = ()
    approvals: tuple[str, str] | None = None
    sources: tuple[str, str] | None = None
    """Where the file lies, and its text."""
    logo: OwnFile | None = None
    faults: tuple[Fault, ...] = ()


def read_own_folder(root: Path, languages: Collection[str]) -> OwnFolder:
    """Read a folder; `languages` are those that the program has words for."""
    return _Reader(root, languages).folder()


class _Reader:
    """Reads one folder; whatever is wrong with it joins `faults`."""

    def __init__(self, root: Path, languages: Collection[str]) -> None:
        self.given = root
        self.languages = languages
        self.faults: list[Fault] = []
        self.entries = 0

    def folder(self) -> OwnFolder:
        """Give what the folder holds."""
        given = str(self.given)
        if not self._is_there():
            return OwnFolder(given, faults=(Fault(given, 1, "there is no such folder"),))
        texts: list[OwnText] = []
        alone: dict[str, OwnFile] = {}
        for path in self._entries(self.given):
            if path.is_dir() and path.name not in OF_THE_PROGRAM:
                texts += self._language(path)
            elif (file := self._alone(path)) is not None:
                alone[path.name] = file
        if self.entries > MOST_ENTRIES:
            why = f"the folder holds more than {MOST_ENTRIES} files: keep only what is shown"
            return OwnFolder(given, faults=(Fault(given, 1, why),))
        if len(alone.keys() & set(LOGOS)) > 1:
            self._fault(self.given / LOGOS[1], "there are two logos: keep one of them")
        return OwnFolder(
            root=given,
            texts=tuple(texts),
            approvals=self._words(alone.get(APPROVALS)),
            sources=self._words(alone.get(SOURCES)),
            logo=next((alone[name] for name in LOGOS if name in alone), None),
            faults=tuple(sorted(self.faults)),
        )

    def _is_there(self) -> bool:
        try:
            self.root = self.given.resolve(strict=True)
        except (OSError, RuntimeError):
            return False
        return self.root.is_dir()

    def _alone(self, path: Path) -> OwnFile | None:
        """Give a file that stands beside the folders of the languages."""
        if path.name in OF_THE_PROGRAM:
            self._fault(path, OURS)
        elif path.name not in (*LOGOS, APPROVALS, SOURCES):
            self._fault(path, f"this is not read here; the folder holds {WHAT}")
        else:
            return self._read(path)
        return None

    def _language(self, folder: Path) -> Iterator[OwnText]:
        if folder.name not in self.languages:
            known = ", ".join(sorted(self.languages))
            self._fault(folder, f"no language that the program speaks: use {known}")
            return
        for path in self._entries(folder):
            if path.name in OF_THE_PROGRAM:
                self._fault(path, OURS)
            elif path.name in KINDS and path.is_dir():
                yield from self._texts(folder.name, path)
            else:
                self._fault(path, "put texts into the folders pages, options or stretches")

    def _texts(self, language: str, folder: Path) -> Iterator[OwnText]:
        for path in self._entries(folder):
            if path.suffix != ".md" or not ID.fullmatch(path.stem):
                why = "name a text with small letters, digits and dashes, such as parking.md"
                self._fault(path, why)
                continue
            file = self._read(path)
            words = self._words(file)
            if words is not None:
                yield OwnText(language, folder.name, path.stem, *words)

    def _entries(self, folder: Path) -> Iterator[Path]:
        """Give what lies in a folder and stays in ours, but for hidden files."""
        try:
            found = sorted(self._named(folder))
        except OSError as error:
            self._fault(folder, f"this folder cannot be read: {error.strerror}")
            return
        for path in found:
            if self._is_inside(path):
                yield path

    def _named(self, folder: Path) -> Iterator[Path]:
        for path in folder.iterdir():
            self.entries += 1
            if self.entries > MOST_ENTRIES:
                return
            if not path.name.startswith("."):
                yield path

    def _is_inside(self, path: Path) -> bool:
        try:
            inside = path.resolve(strict=True).is_relative_to(self.root)
        except (OSError, RuntimeError):
            inside = False
        if not inside:
            self._fault(path, "this leads out of the folder: put the file itself here")
        return inside

    def _read(self, path: Path) -> OwnFile | None:
        """Give the bytes of a file that is one, and not too large."""
        most = MOST_BYTES[path.suffix]
        if not path.is_file():
            self._fault(path, "this is no file: put a file of this name here")
            return None
        try:
            with path.open("rb") as opened:
                content = opened.read(most + 1)
        except OSError as error:
            self._fault(path, f"this file cannot be read: {error.strerror}")
            return None
        if len(content) > most:
            self._fault(path, f"this file is too large: {most // 1000} KB is the most")
            return None
        return OwnFile(str(path), content)

    def _words(self, file: OwnFile | None) -> tuple[str, str] | None:
        """Give where a file lies and its text, with the line ends of Unix."""
        if file is None:
            return None
        try:
            text = file.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            self._fault(Path(file.path), "this is not text in UTF-8: save it as UTF-8")
            return None
        return file.path, text.replace("\r\n", "\n")

    def _fault(self, path: Path, message: str) -> None:
        self.faults.append(Fault(str(path), 1, message))
