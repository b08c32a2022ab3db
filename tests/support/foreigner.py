"""A participant of another make: a good DID and identity tokens, and of all else only what the standard has.

It has no connector: it keeps what it is sent, and a test says what it sends.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from connector.ids import new_iri
from connector.ports.network import PeerAnswer
from connector.trust.did import Service, build_did_document, did_web_from_url
from connector.trust.keys import SigningKey, generate_ed25519, generate_p256
from connector.trust.tokens import mint_id_token
from tests.support.wire import Json
from tests.support.world import Member, World

PORT: Final = 8110
NAME: Final = "foreigner"
_ENDPOINTS: Final = {"DataService": "/at/.well-known/dspace-version", "CatalogService": "/at/dsp/catalog"}
_VERSIONS: Final[Json] = {"protocolVersions": [{"version": "2025-1", "path": "/dsp", "binding": "HTTPS"}]}
CONTEXT: Final = ["https://w3id.org/dspace/2025/1/context.jsonld"]


class Foreigner:
    """It listens on its port as long as the world lives.

    Its DID document names the services of `services` besides its wallet: "DataService", "CatalogService". `write` is how
    it writes what it says, its answers too. `datasets` are those of its catalog, `data` is what it delivers.
    """

    def __init__(self, world: World, *, services: tuple[str, ...] = ()) -> None:
        self.world = world
        self.url = f"http://localhost:{PORT}"
        self.did = did_web_from_url(self.url)
        self.pid = new_iri()
        self.received: list[Json] = []
        self.write: Callable[[Json], Any] = lambda message: message
        self.datasets: dict[str, Json] = {}
        self.data = b""
        self.static: str | None = None
        """The static token that it shows instead of identity tokens."""
        self._key = SigningKey(generate_p256(), f"{self.did}#token-1")
        self._document = build_did_document(
            self.did,
            token_key=self._key.key.public,
            contract_key=generate_ed25519().public,
            log_key=generate_ed25519().public,
            services=[
                Service(f"{self.did}#credentials", "CredentialService", self.url),
                *(Service(f"{self.did}#{kind}", kind, self.url + _ENDPOINTS[kind]) for kind in services),
            ],
        )
        world.wire.listen(PORT, NAME, self._app)

    async def say(self, to: Member, path: str, **message: Any) -> tuple[int, Json]:
        """POST a message below the protocol root of a connector."""
        body = {"@context": CONTEXT, "@id": new_iri(), **message}
        answer = await self._send("POST", to, to.protocol + path, json.dumps(self.write(body)).encode())
        return answer.status, json.loads(answer.body or b"{}")

    async def ask(self, to: Member, path: str) -> tuple[int, Json]:
        """GET below the protocol root of a connector."""
        answer = await self._send("GET", to, to.protocol + path, b"")
        return answer.status, json.loads(answer.body or b"{}")

    async def request(self, to: Member, dataset: str) -> str:
        """Begin a negotiation on the only offer of a data set; the provider's pid."""
        status, found = await self.ask(to, f"/catalog/datasets/{dataset}")
        assert status == 200, found
        status, begun = await self.say(
            to,
            "/negotiations/request",
            **{"@type": "ContractRequestMessage"},
            consumerPid=self.pid,
            offer={**found["hasPolicy"][0], "target": dataset},
            callbackAddress=self.url,
        )
        assert status == 201, begun
        return str(begun["providerPid"])

    async def agree(self, to: Member, dataset: str) -> str:
        """A whole negotiation, one-sided by the provider's exception; the agreement's id."""
        if self.static is None:
            excepted = {"mayNotSign": True, "reason": "new"}
            answer = await to.api.put(f"/peers/{self.did.replace('%', '%25')}", json=excepted)
            assert answer.is_success, answer.text
        pid = await self.request(to, dataset)
        await self.world.quiet()
        agreement = str(self.got("ContractAgreementMessage")["agreement"]["@id"])
        path = f"/negotiations/{pid}/agreement/verification"
        pids = {"providerPid": pid, "consumerPid": self.pid}
        status, said = await self.say(to, path, **{"@type": "ContractAgreementVerificationMessage"}, **pids)
        assert status == 200, said
        await self.world.quiet()
        return agreement

    async def ask_for_transfer(self, to: Member, agreement: str, **more: Any) -> tuple[int, Json]:
        """Ask for a transfer under an agreement, a pull unless `more` says otherwise."""
        asked = {
            "@type": "TransferRequestMessage",
            "consumerPid": new_iri(),
            "agreementId": agreement,
            "format": "HttpData-PULL",
            "callbackAddress": self.url,
        }
        return await self.say(to, "/transfers/request", **{**asked, **more})

    async def pull(self, to: Member, agreement: str) -> tuple[str, str]:
        """Have a transfer started; the endpoint and the token of its DataAddress."""
        status, said = await self.ask_for_transfer(to, agreement)
        assert status == 201, said
        await self.world.quiet()
        address = self.got("TransferStartMessage")["dataAddress"]
        return address["endpoint"], {p["name"]: p["value"] for p in address["endpointProperties"]}["authorization"]

    def got(self, kind: str) -> Json:
        """The message of this type that it was sent."""
        (found,) = (message for message in self.received if message["@type"] == kind)
        return found

    async def _send(self, method: str, to: Member, url: str, body: bytes) -> PeerAnswer:
        token = mint_id_token(
            self._key, did=self.did, audience=to.did, now=self.world.clock.now(), access_token=new_iri()
        )
        return await self.world.wire.send(NAME, method, url, body, {"Authorization": f"Bearer {self.static or token}"})

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        status, body = 200, Json()
        if scope["path"].endswith("did.json"):
            body = self._document
        elif scope["path"].endswith("presentations/query"):
            body = {"@context": ["https://w3id.org/dspace-dcp/v1.0/dcp.jsonld"], "type": "PresentationResponseMessage",
                    "presentation": []}  # fmt: skip
        elif scope["path"] == "/at/.well-known/dspace-version":
            body = _VERSIONS
        elif scope["method"] == "POST":
            message = json.loads((await receive())["body"])
            self.received.append({**message, "path": scope["path"]})
            body = self._taken(message)
        elif "/catalog/datasets/" in scope["path"]:
            dataset = self.datasets.get(scope["path"].rsplit("/", 1)[-1])
            status, body = (404, {}) if dataset is None else (200, self.write({"@context": CONTEXT, **dataset}))
        elif scope["path"] == "/data":
            await _respond(send, 200, self.data)
            return
        await _respond(send, status, json.dumps(body).encode())

    def _taken(self, message: Json) -> Any:
        """What a message is answered. One that begins something as consumer gets our pid as the provider's."""
        kind = str(message["@type"])
        if kind == "CatalogRequestMessage":
            document = {"@id": self.url, "participantId": self.did, "dataset": list(self.datasets.values())}
            return self.write({"@context": CONTEXT, "@type": "Catalog", **document})
        answer = {"@type": "ContractNegotiation", "providerPid": message.get("providerPid", self.pid),
                  "consumerPid": self.pid, "state": "OFFERED"}  # fmt: skip
        if kind.endswith("RequestMessage"):
            asked = "ContractNegotiation" if kind.startswith("Contract") else "TransferProcess"
            answer |= {"@type": asked, "consumerPid": message["consumerPid"], "state": "REQUESTED"}
        return self.write({"@context": CONTEXT, **answer})


async def _respond(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
