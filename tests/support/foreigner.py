"""A participant of another make: a good DID and identity tokens, and of all else only what the standard has.

It has no connector: it keeps what it is sent, and a test says what it sends.
"""

import json
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
CONTEXT: Final = ["https://w3id.org/dspace/2025/1/context.jsonld"]


class Foreigner:
    """It listens on its port as long as the world lives."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = f"http://localhost:{PORT}"
        self.did = did_web_from_url(self.url)
        self.pid = new_iri()
        self.received: list[Json] = []
        self._key = SigningKey(generate_p256(), f"{self.did}#token-1")
        self._document = build_did_document(
            self.did,
            token_key=self._key.key.public,
            contract_key=generate_ed25519().public,
            log_key=generate_ed25519().public,
            services=[Service(f"{self.did}#credentials", "CredentialService", self.url)],
        )
        world.wire.listen(PORT, NAME, self._app)

    async def say(self, to: Member, path: str, **message: Any) -> tuple[int, Json]:
        """POST a message below the protocol root of a connector."""
        body = {"@context": CONTEXT, "@id": new_iri(), **message}
        answer = await self._send("POST", to, to.protocol + path, json.dumps(body).encode())
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

    def got(self, kind: str) -> Json:
        """The message of this type that it was sent."""
        (found,) = (message for message in self.received if message["@type"] == kind)
        return found

    async def _send(self, method: str, to: Member, url: str, body: bytes) -> PeerAnswer:
        token = mint_id_token(
            self._key, did=self.did, audience=to.did, now=self.world.clock.now(), access_token=new_iri()
        )
        return await self.world.wire.send(NAME, method, url, body, {"Authorization": f"Bearer {token}"})

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        body: Json = {}
        if scope["path"].endswith("did.json"):
            body = self._document
        elif scope["path"].endswith("presentations/query"):
            body = {"@context": ["https://w3id.org/dspace-dcp/v1.0/dcp.jsonld"], "type": "PresentationResponseMessage",
                    "presentation": []}  # fmt: skip
        elif scope["method"] == "POST":
            self.received.append(json.loads((await receive())["body"]))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})
