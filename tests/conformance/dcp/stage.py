"""A connector as the kit needs it: the product, and at its edges what only a kit asks for."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import parse_qs

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from connector.app import running
from connector.canonical import digest_bytes
from connector.clock import SystemClock, format_time
from connector.founding import initialise
from connector.ids import new_iri
from connector.net.peers import Peers
from connector.ports.network import Fetching
from connector.ports.records import Act, AskedRecord, AskedStatus, CredentialRequestRecord, HeldCredential
from connector.ports.store import UnitOfWork
from connector.protocol.versions import V2025_1
from connector.services.access_tokens import AccessTokens
from connector.services.authenticate import issuer_of
from connector.services.credential_service import Arrived, CredentialService
from connector.services.errors import Unprocessable
from connector.services.identity import Identity
from connector.settings import load_settings
from connector.trust.anchors import TrustAnchors
from connector.trust.credentials import MEMBERSHIP
from connector.trust.errors import TrustError
from connector.trust.issuance import CredentialContainer, CredentialObject, CredentialRequestMessage
from connector.trust.jws import decode_jws
from connector.trust.tokens import mint_id_token
from connector.trust.vc11 import CREDENTIALS_CONTEXT, VC11
from connector.trust.vc_jwt import sign_credential
from connector.web.deps import Connector
from connector.web.public import public_app
from tests.conformance.dcp.lenient import Lenient

Role: TypeAlias = Literal["wallet", "verifier", "issuer"]
HOLDER_PID: Final = "urn:uuid:0d0c0b0a-0000-4000-8000-0000000000dc"
"""Under which the kit brings what nobody asked it for."""
STS: Final = "/kit/sts"
TRIGGER: Final = "/kit/trigger"
"""Where the kit asks us to find out who it is."""
_CATALOG: Final = {"@context": [V2025_1.context], "@type": "CatalogRequestMessage"}
_OFTEN: Final = "1000"


@dataclass(frozen=True)
class Stage:
    """The running connector and what is served."""

    connector: Connector
    app: Any


@asynccontextmanager
async def staged(
    folder: Path, *, role: Role, port: int, issuer: str, network: Fetching | None = None
) -> AsyncIterator[Stage]:
    """Make a connector in a new folder and start everything but its port.

    Args:
        folder: where it lives; must not hold one yet.
        role: as what it is tried.
        port: where it will be served, on localhost.
        issuer: the kit's issuer, which is believed.
        network: the way to the kit; HTTP if None.
    """
    initialise(
        folder,
        name="Under test",
        public_url=f"http://localhost:{port}",
        bind=f"127.0.0.1:{port}",
        management_port=None,
        laboratory=True,
        authorities=[issuer],
        authority_role=role == "issuer",
    )
    limits = {"requests_per_second": _OFTEN, "strangers_per_second": _OFTEN}
    settings = load_settings(folder, {"admit": "automatically", **limits})
    clock = SystemClock()
    peers = Peers(laboratory=True, ca_bundle=None, proxy=None)
    try:
        async with running(settings, clock=clock, network=Lenient(network or peers, clock)) as connector:
            connector.issuer_service.issues = KitCredentials(connector.identity, connector)
            wallet = KitWallet(
                connector.identity,
                store=connector.store,
                authenticator=connector.authenticator,
                clock=clock,
                changes=connector.changes,
                anchors=TrustAnchors({MEMBERSHIP: {issuer}}),
            )
            yield Stage(connector, _app(replace(connector, credential_service=wallet)))
    finally:
        await peers.close()


class KitWallet(CredentialService):
    """Takes what the kit brings unasked, and credentials in its release's form, if their signature holds."""

    def asked(self, unit: UnitOfWork, holder_pid: str, issuer: str) -> AskedRecord:
        """What was never asked, under the one id that the kit was told."""
        if holder_pid != HOLDER_PID:
            return super().asked(unit, holder_pid, issuer)
        now = format_time(self._clock.now())
        return AskedRecord(id=HOLDER_PID, issuer=issuer, status=AskedStatus.RECEIVED, objects=(), created_at=now)

    async def verified(self, container: CredentialContainer, issuer: str) -> Arrived:
        """A credential whose form is not looked at."""
        try:
            jws = decode_jws(container.payload)
            document = await self._authenticator.resolve(issuer, fresh=True)
            jws.verify(document.sole_key() if jws.kid is None else document.key(jws.kid, "assertionMethod"))
        except TrustError as error:
            raise Unprocessable(str(error)) from None
        held = HeldCredential(
            digest=digest_bytes(container.payload.encode()),
            types=tuple(jws.payload["vc"]["type"]),
            id=None,
            issuer=issuer,
            profile=VC11,
            jwt=container.payload,
            valid_until=None,
            at=format_time(self._clock.now()),
        )
        return Arrived(held)


class KitCredentials:
    """The port `Issues`: two credentials that bind no keys, for whoever asks."""

    def __init__(self, identity: Identity, connector: Connector) -> None:
        self._me = identity
        self._connector = connector

    def objects(self) -> Sequence[CredentialObject]:
        """The kit asks for each of the older profile, and wants exactly two."""
        return [
            CredentialObject(
                id=f"urn:uuid:0d0c0b0a-0000-4000-8000-00000000000{number}",
                credential_type=type_,
                profile=VC11,
                credential_schema=self._me.public_url + "/schema.json",
                offer_reason="membership",
                binding_methods=("did:web",),
            )
            for number, type_ in enumerate((MEMBERSHIP, "SensitiveDataCredential"))
        ]

    async def check(self, request: CredentialRequestMessage, did: str) -> str:
        """Whoever asks."""
        return did

    async def issue(
        self, request: CredentialRequestRecord, *, by: Act, says: object = None
    ) -> Sequence[CredentialContainer]:
        """What was asked for."""
        now = self._connector.clock.now()
        types = {one.id: str(one.credential_type) for one in self.objects()}
        return [
            CredentialContainer(
                types[wanted],
                VC11,
                sign_credential(
                    {
                        "@context": [CREDENTIALS_CONTEXT],
                        "id": new_iri(),
                        "type": ["VerifiableCredential", types[wanted]],
                        "issuer": self._me.did,
                        "issuanceDate": format_time(now.replace(microsecond=0)),
                        "expirationDate": format_time(now.replace(microsecond=0, year=now.year + 1)),
                        "credentialSubject": {"id": request.did},
                    },
                    self._me.token_key,
                    VC11,
                ),
            )
            for wanted in request.objects
        ]


def _app(connector: Connector) -> Starlette:
    me = connector.identity
    access = AccessTokens(me.access_secret, connector.clock)

    async def token(request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        audience, scopes = form["audience"][0], tuple(form.get("bearer_access_scope", [""])[0].split())
        now = connector.clock.now()
        minted = mint_id_token(
            me.token_key, did=me.did, audience=audience, now=now, access_token=access.give(audience, scopes)
        )
        return JSONResponse({"access_token": minted, "token_type": "Bearer", "expires_in": 300})

    public = public_app(connector)

    async def trigger(request: Request) -> Response:
        # What the kit sends is no catalog request that a filter could be read from: only its token is passed on. Each
        # of its cases is a stranger, and not who was shown to be a member a moment before.
        header = request.headers.get("authorization")
        connector.authenticator.forget(issuer_of(header) or "")
        given = {"Authorization": header} if header is not None else {}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(public), base_url=me.public_url) as client:
            answer = await client.post(f"{V2025_1.path}/catalog/request", json=_CATALOG, headers=given)
        logging.getLogger(__name__).info("the kit's trigger: %s %s", answer.status_code, answer.text[:400])
        return Response(answer.content, answer.status_code, media_type="application/json")

    return Starlette(
        routes=[
            Route(STS + "/token", token, methods=["POST"]),
            Route(TRIGGER, trigger, methods=["POST"]),
            Mount("/", app=public),
        ]
    )
