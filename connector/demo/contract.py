"""Chapters 4 and 5: the consumer finds it, both sign, the data flows, both say so."""

import hashlib
import time
from collections.abc import Callable
from typing import Any, Final

from connector.client import Json, ManagementClient
from connector.demo.actors import Actor
from connector.demo.opening import DATA, PURPOSES
from connector.demo.stage import Stage, short

STATES: Final = {
    "ContractRequestMessage": "REQUESTED",
    "ContractAgreementMessage": "AGREED",
    "ContractAgreementVerificationMessage": "VERIFIED",
    "ContractNegotiationEventMessage": "FINALIZED",
}
"""The messages of a negotiation begun by the consumer, and the state after each (Dataspace Protocol 2025-1)."""
FILE: Final = "drying-batches.csv"
_PATIENCE: Final = 10.0
"""Seconds in which the other side's signed notice must have arrived."""


def settled(client: ManagementClient, contract: str, holds: Callable[[Json], bool]) -> Json:
    """The contract as soon as this holds of it, at the latest after a few seconds; the connector does the waiting."""
    end = time.monotonic() + _PATIENCE
    view = client.contract(contract)
    while not holds(view) and time.monotonic() < end:
        view = client.contract(contract, wait=1)
    return view


def both_receipts(view: Json) -> bool:
    """Whether each complete delivery of this contract has the receipts of both sides."""
    complete = [delivery["receipts"] for delivery in view["deliveries"] if delivery["state"] == "complete"]
    return bool(complete) and all(receipts["own"] and receipts["other"] for receipts in complete)


def negotiate(stage: Stage) -> str:
    """Chapter 4: found by a word, negotiated, signed by both, confirmed. Returns the contract's id."""
    stage.chapter(4)
    dataset = stage.notes["dataset"]
    with stage.step("find", word=stage.say("data.word")) as seen:
        stage.types(stage.consumer, "peers", "add", stage.provider.did)
        stage.actors.mmd(stage.consumer, "peers", "add", stage.provider.did)
        stage.types(stage.consumer, "search", stage.say("data.word"))
        entries = stage.actors.mmd(stage.consumer, "search", stage.say("data.word"))["entries"]
        same = [(entry["dataset"], entry["offers"][0]["id"]) for entry in entries]
        title = entries[0]["title"].get(stage.lang, "") if entries else ""
        right = same == [(dataset["id"], dataset["offers"][0]["id"])]
        seen.saw(
            right, stage.say("seen.find", title=title, provider=stage.provider.name, offer=dataset["offers"][0]["id"])
        )
    with stage.step("contract") as seen:
        stage.types(stage.consumer, "negotiate", short(dataset["id"]))
        negotiation = stage.actors.mmd(stage.consumer, "negotiate", short(dataset["id"]))
        states = []
        for message in negotiation["history"]:
            states.append(STATES.get(message["message"], message["message"]))
            stage.says(message["by"], "says.message", message=message["message"], state=states[-1])
        contract = str(negotiation["agreementId"])
        views = [_confirmed(actor, contract) for actor in (stage.provider, stage.consumer)]
        signers = [set(view["signedBy"]) for view in views]
        stage.says("provider", "says.signed_p")
        stage.says("consumer", "says.signed_c", digest=views[0]["digest"])
        stage.says("provider", "says.signed_r", index=views[0]["logIndex"])
        stage.says("consumer", "says.signed_h")
        right = states == list(STATES.values()) and all(view["confirmed"] for view in views)
        right &= signers == [{stage.provider.did, stage.consumer.did}] * 2
        seen.saw(right, stage.say("seen.contract", states=" → ".join(states), contract=contract))
    return contract


def deliver(stage: Stage, contract: str) -> None:
    """Chapter 5: the file, checked against the contract, and both sides' receipts."""
    stage.chapter(5)
    with stage.step("delivery", purpose=stage.say(f"purpose.{PURPOSES[0]}")) as seen:
        file = stage.path("received", FILE)
        words = ("fetch", short(stage.notes["dataset"]["id"]), "--purpose", PURPOSES[0], "-o", str(file))
        stage.types(stage.consumer, *words)
        result = stage.actors.mmd(stage.consumer, *words)
        stage.says("consumer", "says.pulled", bytes=f"{result['bytes']:,}", digest=result["digest"])
        views = [receipts_of(actor, contract) for actor in (stage.provider, stage.consumer)]
        stage.says("provider", "says.receipt_sent")
        stage.says("consumer", "says.receipt_received")
        with file.open("rb") as received, DATA.open("rb") as source:
            same = hashlib.file_digest(received, "sha256").digest() == hashlib.file_digest(source, "sha256").digest()
        right = same and result["checked"] and all(both_receipts(view) for view in views)
        seen.saw(
            right and result["digest"] == views[0]["dataDigest"] and result["contract"] == contract,
            stage.say("seen.delivery", file=f"received/{FILE}"),
        )


def receipts_of(actor: Actor, contract: str) -> dict[str, Any]:
    """One side's view of the contract once it holds both receipts of each delivery."""
    with actor.client() as client:
        return settled(client, contract, both_receipts)


def _confirmed(actor: Actor, contract: str) -> dict[str, Any]:
    with actor.client() as client:
        return settled(client, contract, lambda view: bool(view["confirmed"]))
