"""The forms of `content/questionnaires/`: FHIR R4 Questionnaires in YAML or JSON."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from clinic.errors import BadInput, ContentFault, UnknownRecord
from clinic.fhir.complaints import Complaint
from clinic.fhir.questionnaire import read_questionnaire as read_resource
from clinic.fhir.text import loads
from clinic.library.faults import Fault
from clinic.library.laying import with_translations
from clinic.library.lined_yaml import read_mapping
from clinic.library.marked_yaml import LinedList, LinedMap
from clinic.library.overlays import (
    FIRST_LANGUAGE,
    Overlay,
    languages,
    overlay_path,
    read_overlay,
)
from clinic.library.texts import text_of
from clinic.questionnaire.model import Questionnaire

FOLDER = "questionnaires"
ENDINGS = (".yaml", ".yml", ".json")


def read_questionnaire(path: Path) -> Questionnaire:
    """Read one form. Raises ContentFault with every fault as `path:line: message`."""
    questionnaire, faults = check_questionnaire(path)
    if questionnaire is None:
        raise ContentFault([str(fault) for fault in faults])
    return questionnaire


def check_questionnaire(
    path: Path, content: Path | None = None
) -> tuple[Questionnaire | None, list[Fault]]:
    """Give the form, or none and everything to mend in the file, in the order of its lines.

    With a content folder it carries the words that the folder has in other languages.
    """
    faults: list[Fault] = []
    resource = _resource(path, faults)
    if resource is None:
        return None, faults
    overlays = _overlays(path, content, resource) if content else ()
    if overlays:
        resource = with_translations(resource, overlays)
    questionnaire, complaints = read_resource(resource)
    if questionnaire is not None and overlays:
        left_out = {overlay.language: overlay.left_out for overlay in overlays}
        questionnaire = replace(questionnaire, left_out=left_out)
    lined = resource if isinstance(resource, LinedMap) or not complaints else _with_lines(path)
    faults.extend(
        Fault(str(path), line_of(lined, complaint), str(complaint)) for complaint in complaints
    )
    return questionnaire, sorted(faults)


def _overlays(path: Path, content: Path, resource: Any) -> tuple[Overlay, ...]:
    """Give what other languages lay over a form in YAML; a form in JSON holds its own."""
    if not isinstance(resource, LinedMap) or not isinstance(resource.get("item"), list):
        return ()
    name = f"{FOLDER}/{path.name}"
    found = [
        read_overlay(content, language, name, resource)
        for language in languages(content)
        if language != FIRST_LANGUAGE and overlay_path(content, language, name).is_file()
    ]
    return tuple(overlay for overlay in found if overlay.words or overlay.left_out)


def line_of(resource: Any, complaint: Complaint) -> int:
    """Give the line of the deepest part of a complaint's path that the file itself holds."""
    line, part = 1, resource
    for step in complaint.path:
        match part:
            case LinedMap() if step in part:
                line, part = part.lines[step] + 1, part[step]
            case LinedList() if isinstance(step, int) and step < len(part):
                line, part = part.lines[step] + 1, part[step]
            case _:
                break
    return line


class Questionnaires:
    """Every form of the content folder, each version apart. `<id>.yaml` is the current one."""

    def __init__(self, content_dir: Path) -> None:
        """Read them all. Raises ContentFault with the faults of every file."""
        self._by_version: dict[tuple[str, str], Questionnaire] = {}
        self._current: dict[str, Questionnaire] = {}
        faults: list[Fault] = []
        for path in questionnaire_paths(content_dir):
            questionnaire, found = check_questionnaire(path, content_dir)
            if questionnaire is not None:
                found.extend(self._kept(questionnaire, path))
            faults.extend(found)
        if faults:
            raise ContentFault([str(fault) for fault in faults])

    def _kept(self, questionnaire: Questionnaire, path: Path) -> Iterator[Fault]:
        name = (questionnaire.id, questionnaire.version)
        if name in self._by_version:
            yield Fault(str(path), 1, f"version {name[1]} of {name[0]} stands in another file too")
        self._by_version[name] = questionnaire
        if path.stem == questionnaire.id:
            self._current[questionnaire.id] = questionnaire

    def __iter__(self) -> Iterator[Questionnaire]:
        """Give each version of each form."""
        return iter(self._by_version.values())

    def get(self, questionnaire_id: str, version: str | None = None) -> Questionnaire:
        """Give one version, or the current one. Raises UnknownRecord."""
        if version is None:
            return self.current(questionnaire_id)
        try:
            return self._by_version[questionnaire_id, version]
        except KeyError:
            raise UnknownRecord(f"questionnaire {questionnaire_id} {version}") from None

    def current(self, questionnaire_id: str) -> Questionnaire:
        """Give the version that new intakes answer. Raises UnknownRecord."""
        try:
            return self._current[questionnaire_id]
        except KeyError:
            raise UnknownRecord(f"questionnaire {questionnaire_id}") from None


def questionnaire_paths(content_dir: Path) -> list[Path]:
    """Give the files of the forms, by name."""
    folder = content_dir / FOLDER
    return sorted(path for path in folder.glob("*") if path.suffix in ENDINGS)


def _resource(path: Path, faults: list[Fault]) -> Any:
    try:
        text = text_of(path)
    except ContentFault:
        faults.append(Fault(str(path), 1, "this is not text in UTF-8"))
        return None
    except OSError as error:
        faults.append(Fault(str(path), 1, f"this file cannot be read: {error.strerror}"))
        return None
    if path.suffix != ".json":
        return read_mapping(text, str(path), faults)
    try:
        return loads(text)
    except BadInput as error:
        faults.append(Fault(str(path), 1, str(error)))
        return None


def _with_lines(path: Path) -> Any:
    """Read JSON once more as YAML, which knows its lines."""
    return read_mapping(text_of(path), str(path), [])
