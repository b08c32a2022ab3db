"""Many contracts in one file: each judged for itself, and the whole."""

import io
import json
import os
import signal
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from datetime import timedelta

import pytest

from connector.canonical import canonical_bytes, parse_json
from connector.contracts import examining
from connector.contracts.bundle import BundleWriter, Scope
from connector.contracts.bundle_check import is_bundle, verify_bundle
from connector.contracts.verdict import Verdict
from connector.texts import LANGUAGES
from connector.trust.keys import SigningKey, generate_ed25519
from tests.support.contracts import VERIFIED_AT, Contract, build_contract
from tests.support.members import NOW, Members, issue, make_members

MEMBERS = make_members()
IDS = [f"urn:uuid:{number:08d}-0000-4000-8000-000000000000" for number in range(3)]
CONTRACTS = [build_contract(MEMBERS, agreement_id=name) for name in IDS]
PARTNER = Scope(partner=MEMBERS.provider.did)


def bundle(
    contracts: list[Contract] | None = None,
    scope: Scope = PARTNER,
    *,
    issuer: str | None = None,
    key: SigningKey | None = None,
) -> bytes:
    consumer = MEMBERS.consumer
    writer = BundleWriter(scope, issuer or consumer.did, key or consumer.contract, NOW + timedelta(days=2))
    pieces = [writer.add(one.agreement["@id"], one.evidence()) for one in contracts or CONTRACTS]
    return b"".join([*pieces, *writer.finish()])


def judge(data: bytes, members: Members | None = MEMBERS) -> Verdict:
    trust = members.trust() if members else None
    return verify_bundle(io.BytesIO(data), trust=trust, now=VERIFIED_AT)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_a_bundle_is_verified_contract_by_contract_and_as_a_whole() -> None:
    told: list[tuple[int, int, str, str]] = []
    verdict = verify_bundle(
        io.BytesIO(bundle()),
        trust=MEMBERS.trust(),
        now=VERIFIED_AT,
        told=lambda number, count, agreement, one: told.append((number, count, agreement, one.outcome)),
    )
    assert told == [(number, 3, name, "verified") for number, name in enumerate(IDS, 1)]
    assert (verdict.outcome, verdict.facts["count"], verdict.facts["exporter"]) == (
        "verified",
        "3",
        MEMBERS.consumer.did,
    )
    for lang in LANGUAGES:
        assert verdict.summary(lang)
        assert all(check.title(lang) and check.proves(lang) for check in verdict.checks)
        assert json.dumps(verdict.to_json(lang))


def test_the_same_contracts_at_the_same_moment_give_the_same_bundle() -> None:
    assert bundle() == bundle()
    assert is_bundle(io.BytesIO(bundle()))
    assert not is_bundle(io.BytesIO(CONTRACTS[0].evidence()))
    assert not is_bundle(io.BytesIO(b"nothing"))


def test_any_zip_program_reads_it() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle())) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"contracts/{n:06d}.zip" for n in (1, 2, 3)] + ["bundle.json", "statement.json"]


def test_without_an_authority_it_cannot_be_judged() -> None:
    verdict = judge(bundle(), None)
    assert (verdict.exit_code, verdict.check("bundle-statement").reason) == (2, "bundle-no-key")


def changed(change: Callable[[dict[str, bytes]], object]) -> bytes:
    files = parts(bundle())
    change(files)
    return packed(files)


def in_index(change: Callable[[dict[str, object]], object]) -> Callable[[dict[str, bytes]], None]:
    def apply(files: dict[str, bytes]) -> None:
        index = parse_json(files["bundle.json"])
        change(index)
        files["bundle.json"] = canonical_bytes(index)

    return apply


def swapped(files: dict[str, bytes]) -> None:
    one, two = "contracts/000001.zip", "contracts/000002.zip"
    files[one], files[two] = files[two], files[one]


OTHERS = make_members("other-")
ATTACKS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a contract left out": ("bundle-index", lambda: changed(lambda files: files.pop("contracts/000002.zip"))),
    "a contract put in": (
        "bundle-index", lambda: changed(lambda files: files.update({"contracts/000004.zip": CONTRACTS[0].evidence()}))),
    "a byte of a contract": (
        "bundle-index", lambda: changed(lambda files: files.update({"contracts/000001.zip": files["contracts/000001.zip"][:-1]}))),
    "two contracts changed places": ("bundle-index", lambda: changed(swapped)),
    "left out of the list as well": (
        "bundle-statement",
        lambda: changed(lambda files: (files.pop("contracts/000003.zip"), in_index(lambda index: index["contracts"].pop())(files)))),  # type: ignore[attr-defined]
    "a wider scope": ("bundle-statement", lambda: changed(in_index(lambda index: index.update(scope={})))),
    "no statement": ("bundle-statement", lambda: changed(lambda files: files.pop("statement.json"))),
    "a statement of a stranger": (
        "bundle-statement", lambda: bundle(key=SigningKey(generate_ed25519(), f"{MEMBERS.consumer.did}#contract-1"))),
    "a statement in another's name": (
        "bundle-statement", lambda: bundle(issuer="did:web:third.example", key=SigningKey(MEMBERS.consumer.contract.key, "did:web:third.example#contract-1"))),
    "a contract of another partner": ("bundle-scope", lambda: bundle(scope=Scope(partner="did:web:third.example"))),
    "a contract of another time": ("bundle-scope", lambda: bundle(scope=Scope(since=NOW + timedelta(days=1)))),
    "a contract of a later time": ("bundle-scope", lambda: bundle(scope=Scope(until=NOW))),
    "a contract that was not asked for": ("bundle-scope", lambda: bundle(scope=Scope(contracts=(IDS[0], IDS[1])))),
    "a contract of made-up parties": (
        "bundle-contracts", lambda: bundle([CONTRACTS[0], build_contract(OTHERS, agreement_id=IDS[1], forged={"P": lambda p: p.update(id="urn:uuid:0")})], Scope())),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_done_to_a_bundle_is_found_out(name: str) -> None:
    check, attack = ATTACKS[name]
    verdict = judge(attack())
    assert verdict.exit_code == 1
    assert check in [failed.id for failed in verdict.failed], verdict.to_json()
    for lang in LANGUAGES:
        assert verdict.check(check).sentence(lang)
        assert verdict.summary(lang)


def hostile() -> Iterator[tuple[str, bytes]]:
    files = parts(bundle())
    yield "cut short", bundle()[:-30]
    yield "nothing", b""
    yield "another name", packed({**files, "../x.zip": b""})
    yield "packed", packed(files, zipfile.ZIP_DEFLATED)
    yield "no list", packed({name: data for name, data in files.items() if name != "bundle.json"})
    yield "a list that is none", packed({**files, "bundle.json": b"[" * 100})
    yield (
        "a list of nonsense",
        packed({**files, "bundle.json": b'{"format":"mmd-evidence-bundle/1","scope":{},"contracts":[7]}'}),
    )
    yield "another format", packed({**files, "bundle.json": b'{"format":"mmd-evidence-bundle/2"}'})


HOSTILE = dict(hostile())


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_said_to_be_so(name: str) -> None:
    verdict = judge(HOSTILE[name])
    assert (verdict.exit_code, verdict.summary_code) == (2, "unreadable"), name
    assert verdict.checks[0].sentence("ko")


def test_more_than_a_zip_holds_is_refused() -> None:
    writer = BundleWriter(PARTNER, MEMBERS.consumer.did, MEMBERS.consumer.contract, NOW)
    writer._at = 2**32 - 2**20
    with pytest.raises(OverflowError, match="shorter period"):
        writer.add("urn:x", b"x" * 1000)


def outcomes(contracts: list[bytes], ids: list[str] | None = None) -> list[tuple[str, str | None]]:
    """Each contract's outcome in a bundle, and its first check that failed, in order."""
    consumer = MEMBERS.consumer
    writer = BundleWriter(PARTNER, consumer.did, consumer.contract, NOW + timedelta(days=2))
    pieces = [writer.add(name, data) for name, data in zip(ids or IDS, contracts, strict=False)]
    found: list[tuple[str, str | None]] = []

    def told(_: int, __: int, ___: str, verdict: Verdict) -> None:
        failed = next((check.id for check in verdict.checks if check.verdict == "failed"), None)
        found.append((verdict.outcome, failed))

    data = b"".join([*pieces, *writer.finish()])
    verify_bundle(io.BytesIO(data), trust=MEMBERS.trust(), now=VERIFIED_AT, told=told)
    return found


def refiled(contract: Contract, change: Callable[[dict[str, bytes]], object]) -> bytes:
    files = contract.files()
    change(files)
    return contract.repack(files)


def exchanged(*paths: str) -> bytes:
    """The first contract, with these files of the second; manifest and statement made anew."""
    other = CONTRACTS[1].files()
    return refiled(CONTRACTS[0], lambda files: files.update({path: other[path] for path in paths}))


def other_keys() -> bytes:
    """The first contract word for word, each signature as it was, under a membership with other keys."""
    jwt = issue(MEMBERS, replace(MEMBERS.provider, contract=OTHERS.provider.contract, log=OTHERS.provider.log))
    return refiled(CONTRACTS[0], lambda files: files.update({"memberships/provider.jwt": jwt.encode("ascii")}))


def edited_agreement(**members: object) -> bytes:
    agreement = {**CONTRACTS[0].agreement, **members}
    return refiled(CONTRACTS[0], lambda files: files.update({"agreement.json": canonical_bytes(agreement)}))


RIDERS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "the same words under other keys": ("authority", other_keys),
    "the id of a true one, other terms": ("agreement", lambda: edited_agreement(permission=[{"action": "use"}])),
    "the id of a true one, another time": ("agreement", lambda: edited_agreement(timestamp="2026-01-01T00:00:00Z")),
    "P of another": ("agreement", lambda: exchanged("signatures/P.json")),
    "C of another": ("agreement", lambda: exchanged("signatures/C.json")),
    "R of another": ("agreement", lambda: exchanged("signatures/R.json")),
    "P, C and R of another": ("agreement", lambda: exchanged(*(f"signatures/{name}.json" for name in "PCR"))),
    "the proof of another": ("log-proof", lambda: exchanged("log/provider/proof.tlog")),
    "entry and proof of another": ("log-entry", lambda: exchanged("log/provider/entry.json", "log/provider/proof.tlog")),
    "the confirmation of another": ("notice-chains", lambda: exchanged("notices/consumer/0001.json")),
    "the document of another": ("document", lambda: exchanged("document.json")),
}  # fmt: skip


@pytest.mark.parametrize("name", RIDERS)
def test_no_forged_contract_rides_on_a_true_one(name: str) -> None:
    """What was found of a true contract is remembered: it says nothing of one that only looks like it."""
    check, forge = RIDERS[name]
    true, forged = CONTRACTS[0].evidence(), forge()
    alone = outcomes([forged])
    assert alone == [("false", check)]
    assert outcomes([true, forged, true]) == [("verified", None), *alone, ("verified", None)]
    assert (
        outcomes([forged, true, CONTRACTS[1].evidence(), forged])
        == [*alone, ("verified", None), ("verified", None), *alone][:3]
    )


def test_the_list_is_canonical() -> None:
    index = parts(bundle(scope=Scope(partner="did:web:한.example", until=NOW + timedelta(days=1))))["bundle.json"]
    assert canonical_bytes(parse_json(index)) == index
    assert [one["agreement"] for one in parse_json(index)["contracts"]] == IDS


def told_of(data: bytes, jobs: int) -> tuple[Verdict, list[tuple[int, int, str, Verdict]]]:
    heard: list[tuple[int, int, str, Verdict]] = []
    verdict = verify_bundle(
        io.BytesIO(data),
        trust=MEMBERS.trust(),
        now=VERIFIED_AT,
        told=lambda number, count, agreement, one: heard.append((number, count, agreement, one)),
        jobs=jobs,
    )
    return verdict, heard


def test_several_processes_judge_as_one_does_and_in_order() -> None:
    forged = {number: forge() for number, (_, forge) in zip(range(7, 50, 5), RIDERS.values(), strict=False)}
    consumer = MEMBERS.consumer
    writer = BundleWriter(PARTNER, consumer.did, consumer.contract, NOW + timedelta(days=2))
    true = [one.evidence() for one in CONTRACTS]
    pieces = [writer.add(IDS[number % 3], forged.get(number, true[number % 3])) for number in range(50)]
    data = b"".join([*pieces, *writer.finish()])
    alone, together = told_of(data, 1), told_of(data, 3)
    assert alone == together
    assert [number for number, *_ in together[1]] == list(range(1, 51))
    assert {one.outcome for *_, one in together[1]} == {"verified", "false"}


def test_several_processes_verify_the_exporters_signature() -> None:
    verdict, _ = told_of(bundle(), 2)
    assert (verdict.outcome, verdict.check("bundle-statement").reason) == ("verified", "bundle-stated")
    for name, (check, attack) in ATTACKS.items():
        data = attack()
        assert told_of(data, 2) == told_of(data, 1), (name, check)


def test_a_process_that_was_ended_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "_examine_here", ended)
    with pytest.raises(BrokenProcessPool):
        told_of(bundle(), 2)


def ended(_: list[bytes]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_where_no_process_can_be_started_nothing_is_said_of_the_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise BlockingIOError("too many processes")

    monkeypatch.setattr(ProcessPoolExecutor, "submit", refuse)
    with pytest.raises(BrokenProcessPool, match="too many processes"):
        told_of(bundle(), 2)


def test_large_contracts_are_handed_to_processes_one_at_a_time() -> None:
    taken = []

    def large() -> Iterator[tuple[int, bytes]]:
        for number in range(40):
            taken.append(number)
            yield number, bytes(2**20)

    judged = examining.several_at_a_time(large(), trust=None, now=VERIFIED_AT, jobs=1)
    number, first = next(judged)
    assert (number, first.verdict.outcome, len(taken)) == (0, "undetermined", 3)
    assert [number for number, _ in judged] == list(range(1, 40))
