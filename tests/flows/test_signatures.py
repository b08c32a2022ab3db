"""What is not properly signed, in time, by the right party, makes no contract (decisions 5, 6-10)."""

import copy
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from connector.canonical import digest
from connector.contracts.archive import read_archive
from connector.contracts.evidence import verify_evidence
from connector.contracts.shown import digest_of_text, terms_texts
from connector.contracts.signatures import LogProof, Signatures, signatures_of, write_signatures
from connector.contracts.vocabulary import SIGNATURES
from connector.ports.store import UnitOfWork
from connector.protocol.negotiation import ContractNegotiation, Duty
from connector.services import shown_texts
from connector.services.decisions import Rules, Step, Wait
from connector.trust.anchors import parse_trust_file
from tests.support.drawing import draw
from tests.support.wire import Json
from tests.support.world import World

pytestmark = pytest.mark.anyio

AGREEMENT, VERIFICATION = "ContractAgreementMessage", "ContractAgreementVerificationMessage"
FINALIZED = "ContractNegotiationEventMessage FINALIZED"
TERMINATION = "ContractNegotiationTerminationMessage"


def without_signatures(message: Json) -> None:
    del message[SIGNATURES]


def resigned(change: Callable[[Json], None]) -> Callable[[Json], None]:
    """A change to the object that the property carries."""

    def alter(message: Json) -> None:
        carried = copy.deepcopy(signatures_of(message).to_json())  # what was read is remembered as it was
        change(carried)
        proof = carried.get("logProof")
        message[SIGNATURES] = write_signatures(
            Signatures(
                carried.get("P"),
                carried.get("C"),
                carried.get("R"),
                carried.get("T"),
                LogProof(proof["entry"], proof["tlogProof"]) if proof else None,
                tuple(carried.get("statusLists", ())),
            )
        )

    return alter


def changed(document: str, *path: str, to: object) -> Callable[[Json], None]:
    def change(carried: Json) -> None:
        part = carried[document]
        for name in path[:-1]:
            part = part[name]
        part[path[-1]] = to

    return resigned(change)


def garbled(document: str) -> Callable[[Json], None]:
    def change(carried: Json) -> None:
        value = carried[document]["proof"]["proofValue"]
        carried[document]["proof"]["proofValue"] = value[:-4] + ("2222" if not value.endswith("2222") else "3333")

    return resigned(change)


async def refused(world: World, kind: str) -> str:
    """The reason of the first refusal of a message of this kind."""
    exchange = await world.wire.happened(kind, status=400)
    body = json.loads(exchange.answer)
    assert body["@type"] == "ContractNegotiationError"
    return str(body["reason"][0])


async def test_provider_alters_the_terms(world: World) -> None:
    dataset = await world.provider.publish()
    contracting = world.provider.connector.negotiations.steps._contracting
    honest = contracting.agree

    def dishonest(*arguments: Any, offer: Json, **named: Any) -> Any:
        altered = json.loads(json.dumps(offer))
        (count,) = (c for c in altered["permission"][0]["constraint"] if c["leftOperand"] == "odrl:count")
        count["rightOperand"] = "1"
        return honest(*arguments, offer=altered, **named)

    contracting.agree = dishonest  # type: ignore[method-assign]
    pid = await world.consumer.begin(world.provider, dataset)
    assert "the terms are not those that were offered" in await refused(world, AGREEMENT)
    await world.wire.happened(TERMINATION, status=200)
    await world.quiet()
    view = await world.consumer.negotiation(pid)
    assert (view["state"], view["contract"]) == ("TERMINATED", None)
    assert await world.consumer.get("/contracts") == []
    (theirs,) = await world.provider.get("/negotiations")
    assert theirs["state"] == "TERMINATED"
    assert "not what was offered" in theirs["problem"]["detail"]
    draw(world, "The provider alters the terms")


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        pytest.param(without_signatures, "P", id="missing"),
        pytest.param(garbled("P"), "signature", id="signature"),
        pytest.param(changed("P", "credentialSubject", "offerId", to="urn:other"), "offer", id="another offer"),
        pytest.param(
            changed("P", "credentialSubject", "shown", "texts", "ko", to="sha256:" + "0" * 64),
            "as what was shown",
            id="other clauses shown",
        ),
        pytest.param(
            changed("P", "credentialSubject", "providerPid", to="urn:other"), "process ids", id="another process"
        ),
        pytest.param(
            changed("P", "credentialSubject", "requiredSigners", to=[]),
            "exactly provider and consumer",
            id="no signers",
        ),
        pytest.param(
            changed("P", "credentialSubject", "countersignBefore", to="2026-11-23T08:00:00.000Z"), "", id="no time left"
        ),
        pytest.param(lambda m: m.update({SIGNATURES: "%%%"}), "unreadable|base64|read", id="unreadable"),
    ],
)
async def test_no_p_no_agreement(world: World, alter: Callable[[Json], None], said: str) -> None:
    dataset = await world.provider.publish()
    world.wire.alter(AGREEMENT, alter)
    pid = await world.consumer.begin(world.provider, dataset)
    reason = await refused(world, AGREEMENT)
    assert any(word in reason for word in said.split("|")), reason
    await world.wire.happened(TERMINATION, status=200)
    await world.quiet()
    assert (await world.consumer.negotiation(pid))["state"] == "TERMINATED"
    assert await world.consumer.get("/contracts") == []


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        pytest.param(without_signatures, "C", id="missing"),
        pytest.param(garbled("C"), "signature", id="signature"),
        pytest.param(changed("C", "credentialSubject", "countersigns", to="sha256:" + "0" * 64), "P", id="another P"),
        pytest.param(
            changed("C", "credentialSubject", "shown", "texts", "en", to="sha256:" + "0" * 64),
            "as what was shown",
            id="other clauses shown",
        ),
    ],
)
async def test_no_c_no_contract(world: World, alter: Callable[[Json], None], said: str) -> None:
    dataset = await world.provider.publish()
    world.wire.alter(VERIFICATION, alter)
    pid = await world.consumer.begin(world.provider, dataset)
    assert said in await refused(world, VERIFICATION)
    await world.wire.happened(VERIFICATION, status=400, times=2)
    view = await world.consumer.negotiation(pid)
    assert view["state"] == "AGREED"
    assert "400" in view["problem"]["detail"]
    (contract,) = await world.provider.get("/contracts")
    assert contract["state"] == "being-signed"
    assert await world.provider.logged() == []


async def test_nobody_ends_what_is_being_signed_before_its_deadline(world: World) -> None:
    """P binds the provider until `countersignBefore`, C the consumer until `finalizeBefore`."""
    dataset = await world.provider.publish()
    lost = world.wire.disturb("lose", VERIFICATION, times=0)
    await world.consumer.begin(world.provider, dataset)
    await world.wire.happened(VERIFICATION)
    for member in (world.provider, world.consumer):
        (view,) = await member.get("/negotiations")
        answer = await member.api.post(f"/negotiations/{view['id']}/termination", json={"reason": "no"})
        assert answer.status_code == 409
        await member.connector.monitor.look()
        (contract,) = await member.get("/contracts")
        assert contract["state"] == "being-signed"
    lost.times = lost.done
    await world.quiet()
    assert [c["state"] for c in await world.consumer.get("/contracts")] == ["complete"]


async def test_a_late_c_is_refused_and_the_contract_ended(world: World) -> None:
    dataset = await world.provider.publish()
    lost = world.wire.disturb("lose", VERIFICATION, times=0)
    await world.consumer.begin(world.provider, dataset)
    await world.wire.happened(VERIFICATION)
    world.clock.turn(hours=25)
    lost.times = lost.done
    assert "after" in await refused(world, VERIFICATION)
    await world.quiet()
    (sent,) = world.wire.of(TERMINATION)
    assert signatures_of(json.loads(sent.body)).termination is not None
    for member in (world.provider, world.consumer):
        (contract,) = await member.get("/contracts")
        assert (contract["state"], contract["signedAt"]) == ("terminated", None)
    draw(world, "The countersignature comes too late")


async def test_the_deadline_passes_while_the_other_side_is_away(world: World) -> None:
    dataset = await world.provider.publish()
    world.wire.disturb("lose", VERIFICATION, times=0)
    await world.consumer.begin(world.provider, dataset)
    await world.wire.happened(VERIFICATION)
    world.clock.turn(hours=25)
    await world.provider.connector.monitor.look()
    await world.wire.happened(TERMINATION, status=200)
    (contract,) = await world.consumer.get("/contracts")
    assert contract["state"] == "terminated"


async def test_a_late_r_is_void_and_the_consumer_ends_it(world: World) -> None:
    """The provider is bound by its receipt, the consumer no longer: no data flows, and both see why."""
    dataset = await world.provider.publish()
    world.wire.disturb("lose", FINALIZED, times=1)
    await world.consumer.begin(world.provider, dataset)
    await world.wire.happened(FINALIZED)
    world.clock.turn(hours=25)
    assert "after" in await refused(world, FINALIZED)
    exchange = await world.wire.happened(TERMINATION)
    assert signatures_of(json.loads(exchange.body)).termination is not None
    (contract,) = await world.consumer.get("/contracts")
    assert (contract["state"], contract["confirmed"]) == ("terminated", False)


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        pytest.param(without_signatures, "R", id="missing"),
        pytest.param(garbled("R"), "signature", id="signature"),
        pytest.param(resigned(lambda carried: carried.pop("logProof")), "log", id="no proof"),
        pytest.param(changed("logProof", "entry", "commitsTo", to="sha256:" + "0" * 64), "commits", id="another entry"),
        pytest.param(changed("logProof", "entry", "salt", to="A" * 22), "proof", id="another leaf"),
        pytest.param(changed("R", "credentialSubject", "logOrigin", to="else/log"), "log", id="another log"),
    ],
)
async def test_no_r_in_a_log_no_contract(world: World, alter: Callable[[Json], None], said: str) -> None:
    dataset = await world.provider.publish()
    altering = world.wire.alter(FINALIZED, alter)
    pid = await world.consumer.begin(world.provider, dataset)
    reason = await refused(world, FINALIZED)
    assert said in reason, reason
    assert (await world.consumer.negotiation(pid))["state"] == "VERIFIED"
    # The provider is bound and sends the same again: what was spoilt on the way arrives whole in the end.
    altering.times = altering.done
    await world.quiet()
    assert (await world.consumer.negotiation(pid))["state"] == "FINALIZED"


async def test_terminated_before_the_consumer_has_signed(world: World) -> None:
    dataset = await world.provider.publish()
    held = world.wire.disturb("hold", AGREEMENT)
    pid = await world.consumer.begin(world.provider, dataset)
    await held.arrived.wait()
    view = await world.consumer.post(f"/negotiations/{pid}/termination", {"reason": "we changed our mind"})
    assert view["pending"] == [TERMINATION]
    await world.wire.happened(TERMINATION, status=200)
    held.release.set()
    await world.quiet()
    assert signatures_of(json.loads(world.wire.of(TERMINATION)[0].body)).termination is None
    assert (await world.consumer.negotiation(pid))["state"] == "TERMINATED"
    (theirs,) = await world.provider.get("/negotiations")
    assert (theirs["state"], theirs["problem"]["detail"]) == ("TERMINATED", "we changed our mind")
    (contract,) = await world.provider.get("/contracts")
    assert contract["state"] == "terminated"
    assert await world.consumer.get("/contracts") == []
    draw(world, "Terminated before the consumer has signed")


class Hesitant(Rules):
    """Decides like our rules, but leaves it to a person to finalize."""

    def next_step(self, unit: UnitOfWork, negotiation: ContractNegotiation, duty: Duty, now: datetime) -> Step:
        return Wait() if duty is Duty.FINALIZE else super().next_step(unit, negotiation, duty, now)


async def test_terminated_after_signing_with_a_signature(world: World) -> None:
    """T over C: whoever has signed ends it signed, and both keep it and log it."""
    world.provider.decider = Hesitant()
    await world.provider.restart()
    dataset = await world.provider.publish()
    pid = await world.consumer.begin(world.provider, dataset)
    await world.quiet()
    (theirs,) = await world.provider.get("/negotiations")
    assert theirs["state"] == (await world.consumer.negotiation(pid))["state"] == "VERIFIED"
    await world.provider.post(f"/negotiations/{theirs['id']}/termination", {"reason": "the batch was recalled"})
    await world.quiet()
    (sent,) = world.wire.of(TERMINATION)
    termination = signatures_of(json.loads(sent.body)).termination
    assert termination is not None
    assert termination["credentialSubject"]["reason"] == "the batch was recalled"
    trust = parse_trust_file(await world.authority.get("/trust"))
    for member in (world.provider, world.consumer):
        (contract,) = await member.get("/contracts")
        assert contract["state"] == "terminated"
        assert await member.logged() == ["termination"]
        evidence = (await member.api.get(f"/contracts/{contract['id']}/evidence")).content
        verdict = verify_evidence(evidence, trust=trust, now=world.clock.now())
        assert (verdict.summary_code, verdict.exit_code) == ("terminated", 2), verdict.to_json()
    draw(world, "Terminated after both have signed")


@pytest.mark.parametrize(
    "alter", [garbled("T"), changed("T", "credentialSubject", "over", to="sha256:" + "0" * 64)], ids=["proof", "other"]
)
async def test_a_termination_with_a_false_signature_is_refused(world: World, alter: Callable[[Json], None]) -> None:
    world.provider.decider = Hesitant()
    await world.provider.restart()
    dataset = await world.provider.publish()
    pid = await world.consumer.begin(world.provider, dataset)
    await world.quiet()
    altering = world.wire.alter(TERMINATION, alter)
    (theirs,) = await world.provider.get("/negotiations")
    await world.provider.post(f"/negotiations/{theirs['id']}/termination", {"reason": "recall"})
    await refused(world, TERMINATION)
    assert (await world.consumer.negotiation(pid))["state"] == "VERIFIED"
    altering.times = altering.done
    await world.quiet()
    assert (await world.consumer.negotiation(pid))["state"] == "TERMINATED"


async def test_a_provider_that_signed_r_may_not_terminate(world: World) -> None:
    dataset = await world.provider.publish()
    lost = world.wire.disturb("lose", FINALIZED, times=0)
    await world.consumer.begin(world.provider, dataset)
    await world.wire.happened(FINALIZED)
    (theirs,) = await world.provider.get("/negotiations")
    answer = await world.provider.api.post(f"/negotiations/{theirs['id']}/termination", json={"reason": "no"})
    assert answer.status_code == 409
    assert "the contract stands" in answer.json()["detail"]
    lost.times = lost.done
    await world.quiet()


async def test_a_termination_that_crosses_r_is_refused(world: World) -> None:
    """The provider's R is committed: a termination of the consumer, however it came about, is answered 400."""
    dataset = await world.provider.publish()
    lost = world.wire.disturb("lose", FINALIZED, times=0)
    pid = await world.consumer.begin(world.provider, dataset)
    await world.wire.happened(FINALIZED)
    view = await world.consumer.negotiation(pid)
    body = {
        "@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
        "@type": TERMINATION,
        "@id": "urn:uuid:0",
        "providerPid": view["providerPid"],
        "consumerPid": pid,
        "code": "x",
        "reason": ["no"],
    }
    path = f"/negotiations/{view['providerPid']}/termination"
    status, answer = await world.consumer.say(world.provider, path, json.dumps(body).encode())
    assert (status, answer["@type"]) == (400, "ContractNegotiationError")
    assert "concluded" in answer["reason"][0]
    lost.times = lost.done
    await world.quiet()
    assert (await world.consumer.negotiation(pid))["state"] == "FINALIZED"


async def test_the_documents_of_both_stand_in_the_log_with_the_contract(world: World) -> None:
    """did:web has no history: what stood in the documents when it was signed is named by both logs, and is in the file."""
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    trust = parse_trust_file(await world.authority.get("/trust"))
    for member, side in ((world.provider, "provider"), (world.consumer, "consumer")):
        record = await member.connector.store.read(lambda unit: unit.contracts.get(contract))
        assert record is not None
        named = record.log[side]["entry"]["extra"]["didDocuments"]
        assert named == {role: digest(kept["document"]) for role, kept in record.parties.items()}
        assert set(named) == {"provider", "consumer"}
        # The company's document is another one today; the evidence holds that of then.
        member.connector.identity.did_document = {**member.connector.identity.did_document, "service": []}
        evidence = (await member.api.get(f"/contracts/{contract}/evidence")).content
        assert verify_evidence(evidence, trust=trust, now=world.clock.now()).exit_code == 0


async def test_what_each_side_was_shown_stands_in_its_signature_and_in_the_evidence_after_its_words_have_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    record = await world.provider.connector.store.read(lambda unit: unit.contracts.get(contract))
    assert record is not None
    expected = {digest_of_text(text): text.encode() for text in terms_texts(record.agreement).values()}
    monkeypatch.setattr(shown_texts, "terms_texts", lambda _: {"ko": "새 문장", "en": "other words"})  # a new release
    for member in (world.provider, world.consumer):
        files = read_archive(await member.connector.evidence.export(contract))
        shown = {path: data for path, data in files.items() if path.startswith("shown/")}
        assert shown == {f"shown/{digest[7:]}.txt": text for digest, text in expected.items()}
