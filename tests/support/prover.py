"""A participant made by hand, all of whose words a test can bend: its token, its presentation, its credential.

Its membership is signed with the real authority's key, so that everything but the one bent thing holds.
"""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from connector.ids import new_iri
from connector.trust.credentials import issue_membership
from connector.trust.dcp import write_response
from connector.trust.did import Service, build_did_document, did_web_from_url
from connector.trust.jws import peek, sign_jws
from connector.trust.keys import SigningKey, generate_ed25519, generate_p256
from connector.trust.presentations import make_presentation
from connector.trust.status import make_bits, write_status_list
from connector.trust.status_entries import StatusEntry
from connector.trust.tokens import mint_id_token
from connector.trust.vc import Profile
from connector.trust.vc11 import VC11
from connector.trust.vc_jwt import sign_credential
from tests.support.wire import Json
from tests.support.world import Member, World

PORT: Final = 8120
NAME: Final = "prover"
OTHER: Final = "did:web:localhost%3A8121"
CATALOG: Final[Json] = {"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": "CatalogRequestMessage"}


class Prover:
    """It listens on its port as long as the world lives.

    Attributes:
        presentation: what its Credential Service answers; made anew for each query unless a test sets it.
        credentials: what a fresh presentation holds.
        status: what its Credential Service answers with.
        files: what lies at its other addresses: text, or JSON.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = f"http://localhost:{PORT}"
        self.did = did_web_from_url(self.url)
        self.key = SigningKey(generate_p256(), f"{self.did}#token-1")
        self.contract, self.log = generate_ed25519(), generate_ed25519()
        self.document = build_did_document(
            self.did,
            token_key=self.key.key.public,
            contract_key=self.contract.public,
            log_key=self.log.public,
            services=[Service(f"{self.did}#credentials", "CredentialService", self.url)],
        )
        self.verifier = world.provider
        self.profile: Profile = VC11
        self.credentials: list[str] = [self.membership()]
        self.presentation: Json | list[Any] | None = None
        self.status = 200
        self.files: dict[str, str | Json] = {}
        self.queries: list[Json] = []
        world.wire.listen(PORT, NAME, self._app)

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.world.clock.now()

    @property
    def office(self) -> SigningKey:
        """The authority's key."""
        return self.world.authority.connector.identity.token_key

    def membership(self, *, bent: Json | None = None, inside: Json | None = None, **changes: Any) -> str:
        """A membership; `changes` are arguments of its issue, `bent` claims of the JWT, `inside` members of the credential."""
        key = changes.pop("signed_by", self.office)
        made: Json = {
            "issuer_key": self.office,
            "issuer": self.world.authority.did,
            "subject": self.did,
            "name": "By hand",
            "contract_key": self.contract.public,
            "log_key": self.log.public,
            "log_origin": "by.hand/log",
            "valid_from": self.now - timedelta(days=1),
            "valid_until": self.now + timedelta(days=1),
            "credential_id": new_iri(),
        }
        header, claims = peek(issue_membership(**{**made, **changes}))
        if "vc" in claims:
            claims["vc"] |= inside or {}
        else:
            claims |= inside or {}
        return sign_jws({**claims, **(bent or {})}, key, typ=header["typ"])

    def listed(self, index: int, *, path: str = "/list", profile: Profile = VC11) -> Json:
        """Arguments for a membership whose status lies in a list of our own address."""
        return {"status": StatusEntry("revocation", index, self.url + path), "profile": profile}

    def status_list(self, *revoked: int, path: str = "/list", profile: Profile = VC11, **changes: Any) -> str:
        """A list signed by the authority, to be put into `files`."""
        key = changes.pop("signed_by", self.office)
        made: Json = {
            "url": self.url + path,
            "issuer": self.world.authority.did,
            "bits": make_bits(revoked),
            "valid_from": self.now,
            "valid_until": self.now + timedelta(days=1),
        }
        return sign_credential(write_status_list(profile, **{**made, **changes}), key, profile)

    def token(self, *, key: SigningKey | None = None, **bent: Any) -> str:
        """An identity token; a claim that is `...` is left out."""
        made = peek(
            mint_id_token(self.key, did=self.did, audience=self.verifier.did, now=self.now, access_token="opens")
        )[1]
        claims = {name: value for name, value in {**made, **bent}.items() if value is not ...}
        return sign_jws(claims, key or self.key)

    def presented(self, **changes: Any) -> str:
        """A presentation of its credentials."""
        made: Json = {
            "key": self.key,
            "holder": self.did,
            "audience": self.verifier.did,
            "now": self.now,
            "profile": self.profile,
        }
        credentials = changes.pop("credentials", self.credentials)
        return make_presentation(credentials, **{**made, **changes})

    async def trigger(self, token: str | None = None, *, header: str | None = None) -> tuple[int, str]:
        """Ask the verifier for its catalog; the status and the reason."""
        given = f"Bearer {token or self.token()}" if header is None else header
        headers = {"Content-Type": "application/json", **({"Authorization": given} if given else {})}
        url = f"{self.verifier.protocol}/catalog/request"
        answer = await self.world.wire.send(NAME, "POST", url, json.dumps(CATALOG).encode(), headers)
        body = json.loads(answer.body)
        return answer.status, "" if answer.status == 200 else str(body["reason"][0])

    def someone(self, verifier: Member) -> None:
        """Turn to another verifier."""
        self.verifier = verifier

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        status, body = 200, self._answer(scope["path"], await receive())
        if scope["path"].endswith("presentations/query"):
            status = self.status
        elif body is None:
            status = 404
        data = body if isinstance(body, str) else json.dumps(body)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": data.encode()})

    def _answer(self, path: str, request: Any) -> Any:
        if path.endswith("did.json"):
            return self.document
        if path.endswith("presentations/query"):
            self.queries.append(json.loads(request["body"]))
            if isinstance(self.presentation, dict):
                return self.presentation
            return write_response([self.presented()] if self.presentation is None else self.presentation)
        return self.files.get(path)
