"""Notices that answer others in evidence files: each kind in its place, and what a liar would write instead."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.canonical import digest
from connector.contracts.evidence import Verdict, verify_evidence
from connector.protocol.notices import (
    DELETION_ACKNOWLEDGED,
    DELETION_CERTIFICATE,
    DUTY_FULFILLED,
    END,
    PEOPLE_CHANGE,
    PEOPLE_CHANGE_ACCEPTED,
    PEOPLE_CHANGE_REFUSED,
    RESUMPTION,
    SUSPENSION,
    deletion_acknowledged,
    deletion_certificate,
    duty_fulfilled,
    end,
    people_change,
    people_change_accepted,
    people_change_refused,
    resumption,
    suspension,
)
from policies.clauses import build_clauses
from policies.duties import owed
from policies.parse import parse_policy
from tests.support.contracts import CONTENT, VERIFIED_AT, Contract, Further, build_contract
from tests.support.members import NOW, Json

OTHER = "sha256:" + "00" * 32
LIST, NEWER = "sha256:" + "11" * 32, "sha256:" + "22" * 32
DELIVERY = "urn:uuid:55555555-5555-4555-8555-{:012d}"


def deleted(*numbers: int, file: str = CONTENT) -> Further:
    content = deletion_certificate([(DELIVERY.format(n), file) for n in numbers], "no copy is left", NOW)
    return Further("certificate", "consumer", DELETION_CERTIFICATE, lambda _: content)


def answered(kind: str, role: str, name: str, make: Callable[[str], Json], *, about: str) -> Further:
    return Further(name, role, kind, lambda signed: make(digest(signed[about]) if about in signed else OTHER))


UNTIL = {"leftOperand": "odrl:dateTime", "operator": "lteq", "rightOperand": "2027-06-30T15:00:00Z"}
OWING: Json = {
    "@id": "replaced",
    "@type": "Offer",
    "permission": [{"action": "use", "constraint": [UNTIL]}],
    "obligation": build_clauses({"count": {"times": "1"}, "report-revenue": {"period": "P3M"}, "delete": {"within": "P7D"},
                                 "notice-period": {"period": "P30D"}})["obligation"],
}  # fmt: skip
ENDED = Further("ended", "provider", END, lambda _: end(datetime(2027, 6, 30, 15, tzinfo=UTC)))


def ending(*constraints: Json) -> Json:
    """An offer whose permission has these constraints."""
    return {"@id": "replaced", "@type": "Offer", "permission": [{"action": "use", "constraint": list(constraints)}]}


def _until(text: object, *, left: str = "odrl:dateTime", operator: str = "lteq") -> Json:
    return {"leftOperand": left, "operator": operator, "rightOperand": text}


_FULL = "http://www.w3.org/ns/odrl/2/"
ENDS: dict[str, tuple[Json, ...]] = {
    "in-full-names": (_until("2027-06-30T15:00:00Z", left=_FULL + "dateTime", operator=_FULL + "lteq"),),
    "as-an-object": (_until({"@value": "2027-06-30T15:00:00Z", "@type": "xsd:dateTime"}),),
    "of-another-zone": (_until("2027-07-01T00:00:00+09:00"),),
    "the-earlier-of-two": (_until("2027-06-30T15:00:00Z"), _until("2028-01-01T00:00:00Z", operator="lt")),
    "within-and": ({"and": [_until("2027-06-30T15:00:00Z"), _until("P900D", left="elapsedTime")]},),
    "of-either": ({"or": [_until("2027-06-30T15:00:00Z"), _until("P900D", left="elapsedTime")]},),
    "of-a-beginning": (_until("2027-06-30T15:00:00Z", operator="gteq"),),
    "after-a-time": (_until("P7M7DT5H59M59S", left="elapsedTime"),),
    "after-another-time": (_until("P1M", left="odrl:elapsedTime"),),
    "of-no-duration": (_until("P1.5M", left="odrl:elapsedTime"), _until("2027-06-30T15:00:00Z")),
    "of-two-values": (_until(["2027-06-30T15:00:00Z", "2027-06-30T15:00:00Z"]),),
}
"""Terms in many spellings; some end when the notice says so, some at another time, some never."""


def done(duty: str, role: str = "consumer") -> Further:
    return Further("done", role, DUTY_FULFILLED, lambda _: duty_fulfilled(duty, "none sold", NOW))


ACKNOWLEDGED = answered(
    DELETION_ACKNOWLEDGED, "provider", "acknowledged", lambda d: deletion_acknowledged(d, []), about="certificate"
)
SUSPENDED = Further("suspended", "provider", SUSPENSION, lambda _: suspension("a complaint"))
RESUMED = answered(RESUMPTION, "provider", "resumed", resumption, about="suspended")
PROPOSED = Further("proposed", "consumer", PEOPLE_CHANGE, lambda _: people_change(LIST, None, "Kim has left"))
ACCEPTED = answered(PEOPLE_CHANGE_ACCEPTED, "provider", "accepted", people_change_accepted, about="proposed")
REFUSED = answered(
    PEOPLE_CHANGE_REFUSED, "provider", "refused", lambda d: people_change_refused(d, "too many"), about="proposed"
)


REPORT = next(one.id for one in owed(parse_policy(OWING), NOW, until=NOW) if one.clause_id == "report-revenue")


def judge(contract: Contract) -> Verdict:
    return verify_evidence(contract.evidence(), trust=contract.members.trust(), now=VERIFIED_AT)


def subject(**members: Any) -> Callable[[Json], None]:
    return lambda document: document["credentialSubject"].update(members)


def content(**members: Any) -> Callable[[Json], None]:
    return lambda document: document["credentialSubject"]["content"].update(members)


def shown_with_other_sentences(document: Json) -> None:
    """Its author's connector is of another release."""
    texts = {"ko": "sha256:" + "77" * 32, "en": "sha256:" + "78" * 32}
    document["credentialSubject"]["shown"] = {"format": "mmd-terms/1", "words": OTHER, "texts": texts}


def shown_nothing(document: Json) -> None:
    """Its author's connector makes no text."""
    document["credentialSubject"]["shown"] = None


def spoil(document: Json) -> None:
    value = document["proof"]["proofValue"]
    document["proof"]["proofValue"] = value[:-1] + ("2" if value[-1] != "2" else "3")


@pytest.mark.parametrize(
    "more",
    [
        (SUSPENDED, RESUMED),
        (SUSPENDED, RESUMED, SUSPENDED),
        (PROPOSED, ACCEPTED),
        (PROPOSED, REFUSED),
        (deleted(0), ACKNOWLEDGED),
        (deleted(0),),
    ],
)
def test_each_in_its_place_is_verified(more: tuple[Further, ...]) -> None:
    verdict = judge(build_contract(more=more))
    assert (verdict.outcome, verdict.failed) == ("verified", ())


def test_what_the_terms_name_is_verified() -> None:
    in_time = {"withdrawal": content(effective="2027-01-30T00:00:00Z")}
    verdict = judge(build_contract(offer=OWING, more=(done(REPORT), ENDED), edits=in_time))
    assert (verdict.outcome, verdict.failed) == ("verified", ())


@pytest.mark.parametrize("name", ENDS)
def test_the_end_is_read_in_every_spelling_and_only_where_there_is_one(name: str) -> None:
    verdict = judge(build_contract(offer=ending(*ENDS[name]), more=(ENDED,)))
    never = {"of-either", "of-a-beginning", "after-another-time", "of-two-values"}
    assert [check.reason for check in verdict.failed] == (["end-differs"] if name in never else [])


def test_a_complete_deletion_is_said() -> None:
    found = judge(build_contract(deliveries=3, more=(deleted(0, 1, 2), ACKNOWLEDGED))).check("deliveries")
    assert (found.verdict, found.reason, found.facts["deleted"]) == ("ok", "deliveries-deleted", "3")


def test_a_certificate_that_leaves_out_a_delivery_is_shown_as_incomplete() -> None:
    found = judge(build_contract(deliveries=3, more=(deleted(0, 2), ACKNOWLEDGED))).check("deliveries")
    assert (found.verdict, found.reason) == ("ok", "deletion-incomplete")
    assert (found.facts["count"], DELIVERY.format(1) in found.sentence("en")) == ("1", True)
    assert DELIVERY.format(1) in found.sentence("ko")


def test_several_certificates_count_together() -> None:
    first, second = deleted(0), Further("more", "consumer", DELETION_CERTIFICATE, deleted(1).content)
    found = judge(build_contract(deliveries=2, more=(first, second))).check("deliveries")
    assert found.reason == "deliveries-deleted"


ATTACKS: dict[str, tuple[str, str, Callable[[], Contract]]] = {
    "a certificate that nobody signed": (
        "notice-signatures", "signature",
        lambda: build_contract(more=(deleted(0),), forged={"certificate": spoil})),
    "a certificate with another digest than the receipt": (
        "deliveries", "deletion-digest", lambda: build_contract(more=(deleted(0, file=OTHER),))),
    "the deletion of what never came": (
        "deliveries", "deletion-unknown", lambda: build_contract(more=(deleted(0, 7),))),
    "the deletion of what never came, and nothing else did": (
        "deliveries", "deletion-unknown", lambda: build_contract(deliveries=0, more=(deleted(0),))),
    "a certificate written by the provider": (
        "notice-chains", "notice-author",
        lambda: build_contract(more=(Further("x", "provider", DELETION_CERTIFICATE, deleted(0).content),))),
    "a countersignature by the consumer itself": (
        "notice-chains", "notice-author",
        lambda: build_contract(more=(
            deleted(0), answered(DELETION_ACKNOWLEDGED, "consumer", "x", lambda d: deletion_acknowledged(d, []),
                                 about="certificate")))),
    "a countersignature on no certificate": (
        "notice-chains", "notice-chain", lambda: build_contract(more=(ACKNOWLEDGED,))),
    "a countersignature before the certificate was seen": (
        "notice-chains", "notice-chain",
        lambda: build_contract(more=(deleted(0), ACKNOWLEDGED), edits={"acknowledged": subject(seen=None)})),
    "two countersignatures on one certificate": (
        "notice-chains", "notice-chain", lambda: build_contract(more=(deleted(0), ACKNOWLEDGED, ACKNOWLEDGED))),
    "a suspension of another agreement": (
        "notice-chains", "notice-chain",
        lambda: build_contract(more=(SUSPENDED,), edits={"suspended": subject(id="urn:uuid:other")})),
    "a suspension over another countersignature": (
        "notice-chains", "notice-chain",
        lambda: build_contract(more=(SUSPENDED,), edits={"suspended": subject(countersignature=OTHER)})),
    "suspended twice": (
        "notice-chains", "notice-chain", lambda: build_contract(more=(SUSPENDED, SUSPENDED))),
    "a resumption of nothing": (
        "notice-chains", "notice-chain", lambda: build_contract(more=(RESUMED,))),
    "a resumption by the side that did not suspend": (
        "notice-chains", "notice-chain",
        lambda: build_contract(more=(
            SUSPENDED, answered(RESUMPTION, "consumer", "x", resumption, about="suspended")))),
    "a list accepted by its own author": (
        "notice-chains", "notice-chain",
        lambda: build_contract(more=(
            PROPOSED,
            answered(PEOPLE_CHANGE_ACCEPTED, "consumer", "x", people_change_accepted, about="proposed")))),
    "a list accepted that nobody proposed": (
        "notice-chains", "notice-chain", lambda: build_contract(more=(ACCEPTED,))),
    "a list accepted and refused": (
        "notice-chains", "notice-chain", lambda: build_contract(more=(PROPOSED, REFUSED, ACCEPTED))),
    "an acceptance that was turned to another proposal": (
        "notice-chains", "notice-chain",
        lambda: build_contract(more=(PROPOSED, ACCEPTED), edits={"accepted": content(proposal=OTHER)})),
    "a duty that the agreement does not know": (
        "notice-chains", "duty-unknown", lambda: build_contract(more=(done("obligation-9"),), offer=OWING, withdrawn=False)),
    "another turn than there can be": (
        "notice-chains", "duty-unknown", lambda: build_contract(more=(done(REPORT.partition(".")[0]),), offer=OWING, withdrawn=False)),
    "a duty of the consumer that the provider says to have done": (
        "notice-chains", "duty-unknown", lambda: build_contract(more=(done(REPORT, "provider"),), offer=OWING, withdrawn=False)),
    "an end that the agreement does not have": (
        "notice-chains", "end-differs", lambda: build_contract(more=(ENDED,))),
    "an end before the agreement's": (
        "notice-chains", "end-differs",
        lambda: build_contract(more=(ENDED,), offer=OWING, withdrawn=False, edits={"ended": content(at="2026-11-24T00:00:00Z")})),
    "a withdrawal before the notice period is over": (
        "contradictions", "withdrawal-early",
        lambda: build_contract(offer=OWING, edits={"withdrawal": content(effective="2026-11-30T00:00:00Z")})),
    "a list that was proposed before": (
        "notice-chains", "notice-chain",
        lambda: build_contract(more=(
            PROPOSED, Further("again", "provider", PEOPLE_CHANGE, lambda _: people_change(LIST, NEWER, ""))))),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_what_a_liar_writes_is_found_out(name: str) -> None:
    check, reason, build = ATTACKS[name]
    verdict = judge(build())
    assert verdict.outcome == "false"
    found = {failed.id: failed.reason for failed in verdict.failed}
    found.pop("documents", None)
    assert found == {check: reason}
    for lang in ("en", "ko"):
        assert verdict.check(check).sentence(lang)


def test_the_builder_itself_cannot_break_a_good_contract() -> None:
    """Guards the attacks above: what they change is what makes them fail."""
    contract = build_contract(more=(copy.copy(SUSPENDED), RESUMED, PROPOSED, ACCEPTED, deleted(0), ACKNOWLEDGED))
    verdict = verify_evidence(contract.evidence(), trust=contract.members.trust(), now=VERIFIED_AT + timedelta(days=1))
    assert verdict.outcome == "verified"
