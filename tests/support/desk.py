"""A holder and an issuer made by hand, over the participant of `prover`: asks for credentials, brings some, offers some."""

import json
from typing import Any, Final

from connector.canonical import JsonObject
from connector.ids import new_iri
from connector.trust.dcp import DCP_CONTEXT
from connector.trust.did import Service
from connector.trust.jws import peek
from connector.trust.keys import SigningKey
from connector.trust.membership_requests import make_membership_request
from tests.support.prover import NAME, Prover
from tests.support.wire import Json
from tests.support.world import Member, World

ISSUER: Final = "/issuer"


class Desk(Prover):
    """It keeps what is posted to it.

    Attributes:
        posted: paths and bodies.
        shown: the claims of the last identity token.
        taken: what it answers to a POST.
        location: with which `Location`.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.posted: list[tuple[str, Json]] = []
        self.shown: Json = {}
        self.taken = 200
        self.location = ""
        services: list[JsonObject] = self.document["service"]
        issuer = Service(f"{self.did}#issuer", "IssuerService", self.url + ISSUER)
        services.append({"id": issuer.id, "type": issuer.type, "serviceEndpoint": issuer.endpoint})

    # --- as a holder -----------------------------------------------------------------------------------------------------

    def proof(self, **bent: Any) -> JsonObject:
        """A membership request; `bent` are arguments of its making."""
        made: Json = {
            "did": self.did,
            "authority": self.world.authority.did,
            "name": "By hand",
            "contract_key": SigningKey(self.contract, f"{self.did}#contract-1"),
            "log_key": SigningKey(self.log, f"{self.did}#log-1"),
            "token_key": self.key,
            "log_origin": "by.hand/log",
            "now": self.now,
        }
        made.update(bent)
        return make_membership_request(made.pop("did"), **made)

    # --- both ------------------------------------------------------------------------------------------------------------

    async def send(
        self, to: Member, path: str, message: Any = None, *, token: str | None = None, header: str | None = None
    ) -> tuple[int, str, str]:
        """POST, or GET without a message; status, what was said, `Location`."""
        self.verifier = to
        given = f"Bearer {token or self.token(token=...)}" if header is None else header
        headers = {"Content-Type": "application/json", **({"Authorization": given} if given else {})}
        body = message if isinstance(message, bytes) else b"" if message is None else json.dumps(message).encode()
        answer = await self.world.wire.send(NAME, "GET" if message is None else "POST", to.url + path, body, headers)
        return answer.status, answer.body.decode(), answer.headers.get("location", "")

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        if scope["method"] != "POST" or path.endswith("presentations/query"):
            await super()._app(scope, receive, send)
            return
        self.posted.append((path, json.loads((await receive())["body"])))
        bearer = dict(scope["headers"]).get(b"authorization", b"").decode()
        self.shown = peek(bearer.partition(" ")[2])[1]
        headers = [(b"location", self.location.encode())] if self.location else []
        await send({"type": "http.response.start", "status": self.taken, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def message(type_: str, **members: Any) -> Json:
    """A message of DCP."""
    return {"@context": [DCP_CONTEXT], "type": type_, "holderPid": new_iri(), **members}
