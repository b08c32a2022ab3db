"""The mutation run: each check taken out in turn, and the attack that only it catches goes through as if nothing were.

A check that could be taken out without a test turning red would be decoration. Where a check stands between an attack and
the verdict "verified", taking it out shows exactly that verdict.
"""

import io
import zipfile
from collections.abc import Callable, Mapping
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
from tests.connector.contracts import test_evidence_keys as keys
from tests.connector.contracts import test_evidence_promises as promises
from tests.connector.contracts import test_evidence_stories as stories
from tests.connector.contracts import test_evidence_withheld as withheld
from tests.connector.contracts import test_shown as shown
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


SINGLE: tuple[tuple[str, Callable[[], None]], ...] = (
    ("statement", stories.test_a_forked_log_of_the_same_size_is_found_out),
    ("confirmed", stories.test_a_receipt_that_the_consumer_never_saw_makes_no_contract),
    ("attribution", stories.test_a_whole_contract_of_other_keys_under_real_names_is_false),
    ("statement", stories.test_a_tail_of_notices_left_out_by_a_stranger_is_found_out_and_by_the_exporter_is_its_word),
    ("times", stories.test_the_verifier_s_own_clock_a_year_behind_or_ahead_makes_it_undecided),
    ("receipt", stories.test_one_value_more_in_a_signed_document_is_a_broken_signature),
    ("contradictions", attacks.test_two_receipts_prove_a_breach_and_name_who),
    ("contradictions", attacks.test_two_notices_with_one_number_prove_a_breach),
    ("contradictions", attacks.test_a_forged_termination_is_false),
    ("keys", attacks.test_the_membership_of_another_company_is_caught),
    ("authority", keys.test_the_membership_of_after_the_change_is_not_the_one_that_was_named),
    ("keys", keys.test_the_document_of_after_the_change_shows_another_key_and_is_not_the_one_that_was_logged),
    ("notice-signatures", keys.test_a_notice_by_a_key_that_came_later_is_not_of_the_party_of_this_contract),
    ("log-proof", keys.test_a_log_key_that_was_changed_before_signs_no_checkpoint_more),
    ("status", keys.test_a_membership_taken_back_before_the_signature_is_false_and_after_it_changes_nothing),
    ("manifest", withheld.test_nothing_else_may_be_left_out),
    ("statement", withheld.test_a_stranger_cannot_leave_it_out),
    ("annexes", withheld.test_what_the_exporter_does_not_have_is_said_to_be_absent),
    ("shown", shown.test_a_side_of_another_release_signs_for_its_own_words_and_its_texts_are_said_to_be_absent),
)
"""Tests that tell one story each, and the check on which the story rests."""


@pytest.mark.parametrize(("name", "test"), SINGLE, ids=lambda value: getattr(value, "__name__", value))
def test_without_its_check_each_single_story_turns_red(
    name: str, test: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, name)
    with pytest.raises(AssertionError):
        test()


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
