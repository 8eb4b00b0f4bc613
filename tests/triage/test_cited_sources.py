"""Every rule names the sources that the clinical text cites for it, and no other."""

import csv
from pathlib import Path

import pytest

from clinic.library.places import content_dir
from clinic.library.rules import read_rules
from clinic.library.sources import read_sources

RULE_SET = read_rules(content_dir())
KEYS = {
    "S1": "henschke-2009",
    "S4": "downie-2013",
    "S9": "girft-2023-ces",
    "S10": "ces-mri-2023",
    "S11": "bnssg-stenosis",
    "S12": "lothian-red-flags",
    "S14": "chou-2011-acp",
    "S15": "acr-2021-imaging",
    "S16": "manchester-spinal",
    "S18": "cancer-likelihoods",
    "S19": "deyo-summary-2014",
    "S20": "idsa-2015",
    "S21": "ijss-2021-disc-infection",
    "S22": "acnes-discitis-case",
    "S23": "ahcpr-1994",
    "S24": "spinal-abscess-review",
    "S25": "nice-ng156-2020",
    "S26": "axspa-referral-scotland",
    "S27": "bjgp-2018-spondyloarthritis",
    "S28": "pregnancy-exercise-2002",
    "S29": "spinal-bleed-review",
    "S30": "spinal-bleed-cases",
    "S37": "nice-cg75-2008",
    "S38": "spinal-infection-ed-2019",
    "S39": "ces-referrals-334",
    "S40": "autonomic-dysreflexia",
    "S41": "ankylosed-spine-2009",
    "PD": "project-decision",
    "M": "from-memory",
}
"""The tags of the clinical text: a source, a choice of this project, or written from memory."""

with (Path(__file__).parent / "clinical" / "sources.tsv").open(encoding="utf-8") as lines:
    CITED = {row["id"]: row["cited"].split() for row in csv.DictReader(lines, delimiter="\t")}


@pytest.mark.parametrize("rule_id", CITED)
def test_a_rule_cites_what_the_clinical_text_cites(rule_id: str) -> None:
    assert set(RULE_SET.rule(rule_id).source) == {KEYS[tag] for tag in CITED[rule_id]}


def test_every_key_is_a_source() -> None:
    assert set(KEYS.values()) <= read_sources(content_dir()).by_key.keys()


def test_every_rule_of_the_tables_is_cited() -> None:
    told_in_words = {"CES-0", "INF-0", "INFL-1c"}

    assert {rule.id for rule in RULE_SET.rules} - told_in_words == CITED.keys()
