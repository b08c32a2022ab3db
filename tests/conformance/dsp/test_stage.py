"""A handful of the kit's cases without Java: that the scripts, the seeds and the triggers do what the kit needs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from connector.store.sqlite import open_in_memory
from tests.conformance.dsp.counterpart import Counterpart, Kit
from tests.conformance.dsp.scripts import IN_THE_CATALOG, KIT, NOT_IN_THE_CATALOG
from tests.conformance.dsp.stage import OpenStore, staged

pytestmark = pytest.mark.anyio
OFFER = {"@id": "urn:offer", "@type": "Offer", "permission": [{"action": "use"}]}


@asynccontextmanager
async def playing(folder: Path, open_store: OpenStore | None) -> AsyncIterator[Kit]:
    """The stage, without pauses, and the stand-in for the kit before it."""
    counterpart = Counterpart()
    async with staged(folder / "connector", port=8099, pause=0, open_store=open_store, network=counterpart) as stage:
        speaking = Kit(stage, counterpart)
        yield speaking
        await speaking.close()


@pytest.fixture
async def kit(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Kit]:
    async with playing(tmp_path, open_in_memory) as speaking:
        yield speaking
    assert not (tmp_path / "connector" / "mmd.sqlite").exists()


async def test_catalog(kit: Kit) -> None:
    """CAT:01-01 to 01-03."""
    catalog = (await kit.post("/catalog/request", "CatalogRequestMessage")).json()
    assert {IN_THE_CATALOG[0], "ACN0101"} <= {dataset["@id"] for dataset in catalog["dataset"]}
    found = await kit.get(f"/catalog/datasets/{IN_THE_CATALOG[1]}")
    assert (found.status_code, found.json()["@id"]) == (200, IN_THE_CATALOG[1])
    missing = await kit.get(f"/catalog/datasets/{NOT_IN_THE_CATALOG}")
    assert (missing.status_code, missing.json()["@type"]) == (404, "CatalogError")


async def test_provider_offers_agrees_and_finalizes(kit: Kit) -> None:
    """CN:01-03."""
    await kit.request("ACN0103")
    await kit.counterpart.heard("ContractOfferMessage")
    await kit.reached("OFFERED")
    assert await kit.say("ContractNegotiationEventMessage", "events", eventType="ACCEPTED") == 200
    agreement = (await kit.counterpart.heard("ContractAgreementMessage"))["agreement"]
    assert (agreement["assignee"], agreement["target"]) == (KIT, "ACN0103")
    await kit.reached("AGREED")
    assert await kit.say("ContractAgreementVerificationMessage", "agreement/verification") == 200
    await kit.counterpart.heard("ContractNegotiationEventMessage FINALIZED")
    await kit.reached("FINALIZED")


async def test_provider_ends_at_a_counter_request(kit: Kit) -> None:
    """CN:01-02."""
    await kit.request("ACN0102")
    await kit.counterpart.heard("ContractOfferMessage")
    await kit.reached("OFFERED")
    assert await kit.say("ContractRequestMessage", "request", offer={**OFFER, "target": "ACN0102"}) == 200
    assert (await kit.counterpart.heard("ContractNegotiationTerminationMessage"))["code"] == "script"
    await kit.reached("TERMINATED")


async def test_provider_refuses_what_does_not_fit(kit: Kit) -> None:
    """CN:03-02 and 03-04."""
    await kit.request("ACN0302")
    await kit.counterpart.heard("ContractOfferMessage")
    await kit.reached("OFFERED")
    assert await kit.say("ContractAgreementVerificationMessage", "agreement/verification") == 400
    assert await kit.state() == "OFFERED"


async def test_provider_ends_of_its_own(kit: Kit) -> None:
    """CN:02-05: an offer, a pause, a termination, while it is the consumer's turn."""
    await kit.request("ACN0205")
    await kit.counterpart.heard("ContractOfferMessage")
    await kit.counterpart.heard("ContractNegotiationTerminationMessage")
    await kit.reached("TERMINATED")


async def test_consumer_accepts_and_verifies(kit: Kit) -> None:
    """CN_C:01-01. The kit names agreements by bare UUIDs."""
    await kit.trigger_negotiation("ACNC0101")
    await kit.reached("REQUESTED")
    assert await kit.say("ContractOfferMessage", "offers", offer={**OFFER, "target": "ACNC0101"}) == 200
    await kit.counterpart.heard("ContractNegotiationEventMessage ACCEPTED")
    await kit.reached("ACCEPTED")
    agreement = {
        "@id": "5a9b3f0e-6a43-4a2f-9d0c-7a1d61b1c111",
        "@type": "Agreement",
        "target": "ACNC0101",
        "assigner": KIT,
        "assignee": kit.stage.connector.identity.did,
        "timestamp": "2026-11-23T09:00:00Z",
        "permission": [{"action": "use"}],
    }
    assert await kit.say("ContractAgreementMessage", "agreement", agreement=agreement) == 200
    await kit.counterpart.heard("ContractAgreementVerificationMessage")
    await kit.reached("VERIFIED")
    assert await kit.say("ContractNegotiationEventMessage", "events", eventType="FINALIZED") == 200
    assert await kit.state() == "FINALIZED"


async def test_consumer_counters(kit: Kit) -> None:
    """CN_C:01-02."""
    await kit.trigger_negotiation("ACNC0102")
    await kit.reached("REQUESTED")
    assert await kit.say("ContractOfferMessage", "offers", offer={**OFFER, "target": "ACNC0102"}) == 200
    counter = await kit.counterpart.heard("ContractRequestMessage")
    assert (counter["providerPid"], "callbackAddress" in counter) == (kit.counterpart.pid, False)


async def test_sending_suspended_and_resumed(kit: Kit) -> None:
    """TP:01-04."""
    await kit.request_transfer("ATP0104")
    first = await kit.counterpart.heard("TransferStartMessage")
    await kit.counterpart.heard("TransferSuspensionMessage")
    second = await kit.counterpart.heard("TransferStartMessage")
    await kit.counterpart.heard("TransferCompletionMessage")
    await kit.reached("COMPLETED", "transfers")
    assert first["dataAddress"] != second["dataAddress"]


async def test_nothing_is_sent_without_a_line(kit: Kit) -> None:
    """TP:03-01 and 02-05."""
    await kit.request_transfer("ATP0301")
    assert await kit.say("TransferCompletionMessage", "completion") == 400
    assert await kit.state("transfers") == "REQUESTED"
    assert await kit.say("TransferTerminationMessage", "termination") == 200
    assert (await kit.state("transfers"), kit.counterpart.silent()) == ("TERMINATED", True)


async def test_receiving_suspends_and_ends(kit: Kit) -> None:
    """TP_C:02-03."""
    await kit.trigger_transfer("ATPC0203")
    await kit.reached("REQUESTED", "transfers")
    assert await kit.say("TransferStartMessage", "start") == 200
    await kit.counterpart.heard("TransferSuspensionMessage")
    await kit.counterpart.heard("TransferTerminationMessage")
    await kit.reached("TERMINATED", "transfers")


async def test_on_sqlite(tmp_path: Path, anyio_backend: str) -> None:
    """CN:01-04, from a file."""
    async with playing(tmp_path, None) as kit:
        await kit.request("ACN0104")
        await kit.counterpart.heard("ContractAgreementMessage")
        await kit.reached("AGREED")
        assert await kit.say("ContractAgreementVerificationMessage", "agreement/verification") == 200
        await kit.counterpart.heard("ContractNegotiationEventMessage FINALIZED")
        await kit.reached("FINALIZED")
    assert (tmp_path / "connector" / "mmd.sqlite").exists()
