"""A stand-in for the kit without Java: the port `Network` that takes whatever we send, and a client that speaks to us."""

import asyncio
import json
from typing import Any, Final

import httpx

from connector.ids import new_iri
from connector.ports.network import PeerAnswer
from connector.protocol.versions import V2025_1
from tests.conformance.dsp.scripts import offer_id
from tests.conformance.dsp.stage import NEGOTIATE, TRANSFER, Stage

Json = dict[str, Any]
ROOT: Final = "http://127.0.0.1:8083"
_PATIENCE: Final = 10.0


class Counterpart:
    """Acknowledges every message with its own pid, and keeps it to be looked at."""

    def __init__(self) -> None:
        self.pid = new_iri()
        self._heard: asyncio.Queue[tuple[str, Json]] = asyncio.Queue()

    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer:
        message: Json = json.loads(body)
        self._heard.put_nowait((url.removeprefix(ROOT), message))
        begins = url.endswith("/request") and message.get("providerPid") is None
        answer = {"consumerPid": message.get("consumerPid"), "providerPid": self.pid}
        return PeerAnswer(201 if begins else 200, json.dumps(answer).encode())

    async def get(self, url: str, token: str | None = None, **wanted: str | None) -> PeerAnswer:
        raise AssertionError(f"nothing is asked of the kit: {url}")

    async def fetch(self, url: str, token: str, body: bytes | None = None, *, known: str | None = None) -> PeerAnswer:
        raise AssertionError(f"nothing is asked of the kit: {url}")

    async def heard(self, kind: str) -> Json:
        """The next message, which has to be of this kind."""
        async with asyncio.timeout(_PATIENCE):
            _, message = await self._heard.get()
        said = f"{message['@type']} {message['eventType']}" if "eventType" in message else message["@type"]
        assert said == kind
        return message

    def silent(self) -> bool:
        """Whether nothing more has come."""
        return self._heard.empty()


class Kit:
    """What the kit does: it speaks to the connector as one side of a process."""

    def __init__(self, stage: Stage, counterpart: Counterpart) -> None:
        self.stage = stage
        self.counterpart = counterpart
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(stage.app), base_url="http://connector.test")
        self.theirs = ""
        self._consumer = True

    async def get(self, path: str) -> httpx.Response:
        """GET below the protocol's root."""
        return await self._client.get(V2025_1.path + path)

    async def post(self, path: str, kind: str, **members: Any) -> httpx.Response:
        """POST a message below the protocol's root."""
        message = {"@context": [V2025_1.context], "@type": kind, "@id": new_iri(), **members}
        return await self._client.post(V2025_1.path + path, json=message)

    async def request(self, dataset: str) -> None:
        """Begin a negotiation as consumer."""
        offer = {"@id": offer_id(dataset), "@type": "Offer", "target": dataset, "permission": [{"action": "use"}]}
        self._consumer = True
        answer = await self.post(
            "/negotiations/request",
            "ContractRequestMessage",
            consumerPid=self.counterpart.pid,
            offer=offer,
            callbackAddress=ROOT,
        )
        assert answer.status_code == 201, answer.text
        self.theirs = answer.json()["providerPid"]

    async def request_transfer(self, agreement: str) -> None:
        """Ask for a transfer as consumer."""
        self._consumer = True
        answer = await self.post(
            "/transfers/request",
            "TransferRequestMessage",
            consumerPid=self.counterpart.pid,
            agreementId=agreement,
            format="HttpData-PULL",
            callbackAddress=ROOT,
        )
        assert answer.status_code == 201, answer.text
        self.theirs = answer.json()["providerPid"]

    async def trigger_negotiation(self, dataset: str) -> None:
        """Have the connector begin one with us as provider."""
        self._consumer = False
        asked = {"datasetId": dataset, "offerId": f"offer{dataset}", "providerId": "TCK_PARTICIPANT"}
        answer = await self._client.post(NEGOTIATE, json={**asked, "connectorAddress": ROOT})
        assert answer.is_success
        self.theirs = (await self.counterpart.heard("ContractRequestMessage"))["consumerPid"]

    async def trigger_transfer(self, agreement: str) -> None:
        """Have the connector ask us for one."""
        self._consumer = False
        asked = {"agreementId": agreement, "format": "HttpData-PULL", "providerId": "TCK_PARTICIPANT"}
        answer = await self._client.post(TRANSFER, json={**asked, "connectorAddress": ROOT})
        assert answer.is_success
        self.theirs = (await self.counterpart.heard("TransferRequestMessage"))["consumerPid"]

    async def say(self, kind: str, path: str, **members: Any) -> int:
        """A message within the process; `path` is what follows its pid."""
        protocol = "transfers" if kind.startswith("Transfer") else "negotiations"
        ours, theirs = ("consumerPid", "providerPid") if self._consumer else ("providerPid", "consumerPid")
        pids = {ours: self.counterpart.pid, theirs: self.theirs}
        answer = await self.post(f"/{protocol}/{self.theirs}/{path}", kind, **pids, **members)
        return answer.status_code

    async def state(self, protocol: str = "negotiations") -> str:
        """Where the connector says that the process is."""
        answer = await self.get(f"/{protocol}/{self.theirs}")
        assert answer.status_code == 200
        return str(answer.json()["state"])

    async def reached(self, state: str, protocol: str = "negotiations") -> None:
        """Wait until it is there."""
        async with asyncio.timeout(_PATIENCE):
            while await self.state(protocol) != state:
                await self.stage.connector.changes.wait(self.theirs, 0.05)

    async def close(self) -> None:
        """No more."""
        await self._client.aclose()
