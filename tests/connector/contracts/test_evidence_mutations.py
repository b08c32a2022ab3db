"""The mutation run: each check taken out in turn, and the attack that only it catches goes through as if nothing were.

A check that could be taken out without a test turning red would be decoration. Where a check stands between an attack and
the verdict "verified", taking it out shows exactly that verdict.
"""

import io
import zipfile
from collections.abc import Mapping
from typing import Any, BinaryIO

import pytest

from connector.canonical import canonical_bytes, parse_json
from connector.contracts import evidence
from connector.contracts.case import Case
from connector.contracts.evidence import CHECKS, Verdict, verify_evidence
from connector.contracts.finding import Finding, holds
from connector.contracts.layout import MANIFEST
from connector.contracts.shape import Members
from connector.trust.anchors import TrustFile
from tests.connector.contracts import test_evidence_attacks as attacks
from tests.connector.contracts import test_evidence_promises as promises
from tests.connector.contracts import test_evidence_stories as stories
from tests.support.contracts import VERIFIED_AT, build_contract

NAMES = [name for name, _ in CHECKS]
UNDECIDED_WITHOUT = {"signers", "documents", "attribution"}
"""Their attacks leave something out, or hand in what nobody can read: then other checks cannot say that all is well."""


def judge(data: bytes, trust: TrustFile | None) -> Verdict:
    return verify_evidence(data, trust=trust, now=VERIFIED_AT)


def says_ok(_: Case) -> Finding:
    return holds()


def without(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Take the check out: it says that all is well, whatever there is."""
    monkeypatch.setattr(
        evidence, "CHECKS", tuple((found, says_ok if found == name else check) for found, check in CHECKS)
    )


@pytest.mark.parametrize("name", NAMES)
def test_without_a_check_its_attack_is_not_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data, members = attacks.ATTACKS[name]()
    assert judge(data, members.trust()).exit_code == 1
    without(monkeypatch, name)
    verdict = judge(data, members.trust())
    assert verdict.failed == ()
    assert verdict.exit_code == (2 if name in UNDECIDED_WITHOUT and verdict.exit_code == 2 else 0), verdict.to_json()


@pytest.mark.parametrize("name", NAMES)
def test_without_a_check_its_test_turns_red(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, name)
    with pytest.raises(AssertionError):
        attacks.test_each_attack_turns_exactly_its_check_red(name)


@pytest.mark.parametrize("name", attacks.VARIANTS)
def test_without_its_check_each_variant_turns_red(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, attacks.VARIANTS[name][0])
    with pytest.raises(AssertionError):
        attacks.test_variants_are_named_by_check_and_reason(name)


@pytest.mark.parametrize("name", promises.ATTACKS)
def test_without_its_check_each_lie_about_a_promise_turns_red(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, promises.ATTACKS[name][0])
    with pytest.raises(AssertionError):
        promises.test_what_a_liar_writes_is_found_out(name)


@pytest.mark.parametrize("name", stories.STORIES)
def test_without_its_check_each_story_turns_red(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, stories.STORIES[name].check)
    with pytest.raises(AssertionError):
        stories.test_what_was_done_is_found_out_and_named(name)


def test_every_numbered_check_is_taken_out() -> None:
    """The first two have tests of their own below: without them there is nothing to judge."""
    assert [number for number, _ in enumerate(NAMES, start=3)] == list(range(3, 33))
    assert set(attacks.ATTACKS) == set(NAMES)


def lenient(source: bytes | BinaryIO) -> dict[str, bytes]:
    """A reader of ZIPs as most are: it finds what it finds."""
    with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_without_the_first_check_a_file_that_can_mean_two_things_is_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    contract = build_contract()
    data, trust = b"#!/bin/sh\n" + contract.evidence(), contract.members.trust()
    assert (judge(data, trust).exit_code, judge(data, trust).checks[-1].id) == (2, "container")
    monkeypatch.setattr(evidence, "read_archive", lenient)
    assert judge(data, trust).exit_code == 0


def test_without_the_second_check_a_format_that_nobody_knows_is_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    contract = build_contract()
    files, trust = contract.files(), contract.members.trust()
    manifest: Any = {**parse_json(files[MANIFEST]), "format": "mmd-evidence/9"}
    data = contract.repack({**files, MANIFEST: canonical_bytes(manifest)}, repair=False)
    assert (judge(data, trust).exit_code, judge(data, trust).checks[-1].id) == (2, "format")

    def read(found: Mapping[str, bytes]) -> Members:
        return Members(parse_json(found[MANIFEST]), MANIFEST)

    monkeypatch.setattr(evidence, "_read_manifest", read)
    assert judge(data, trust).exit_code == 0
