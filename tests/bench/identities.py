"""What it costs to know who asks: requests with and without an identity, known and unknown, and bare verification.

Measured is processor time of the whole request, from bytes to bytes but for the network; both sides run in this process,
so that a cold one holds the member's work of presenting its credential as well.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc.jwk import ECKey

from connector.protocol.versions import V2025_1
from connector.services.authenticate import SKEW, Authenticator
from connector.trust.did import DidDocument
from connector.trust.jws import decode_jws
from connector.trust.tokens import validate_id_token
from connector.web.public import public_app
from tests.bench.figures import median
from tests.support.world import Member, World, found, open_world

_UNKNOWN: Final = "/negotiations/urn:uuid:00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Identified:
    """Seconds of processor time for one request each; requests on the line that a warm one caused.

    Attributes:
        open: without an identity.
        warm: a member that is known: nothing is fetched.
        cold: a member whose membership is asked for, as after a start.
        crowded_warm: as warm, while 10,000 participants are known.
        crowded_cold: as cold, among 10,000.
        fetched: how many requests all warm ones caused.
        tokens: identity tokens validated per second.
        bare: signatures of the same kind verified per second with nothing around.
    """

    open: float
    warm: float
    cold: float
    crowded_warm: float
    crowded_cold: float
    fetched: int
    tokens: float
    bare: float


async def measure_identities(folder: Path, *, times: int = 200, crowd: int = 10_000) -> Identified:
    """Ask a provider as one of its members."""
    found_in = folder / "template"
    await _in_thread(lambda: found(found_in))
    async with open_world(found_in, folder / "world") as world:
        provider, consumer = world.provider, world.consumer
        app = httpx.ASGITransport(public_app(provider.connector))
        async with httpx.AsyncClient(transport=app, base_url=provider.connector.identity.public_url) as client:
            path = provider.connector.identity.root(V2025_1).removeprefix(provider.connector.identity.public_url)

            async def known(token: str) -> None:
                answer = await client.get(path + _UNKNOWN, headers={"Authorization": f"Bearer {token}"})
                assert answer.status_code == 404, answer.text

            async def openly(_: str) -> None:
                (await client.get("/.well-known/dspace-version")).raise_for_status()

            tokens = iter([consumer.bearer(provider) for _ in range(5 * times + 50)])
            forget = provider.connector.authenticator.forget
            await known(next(tokens))
            exchanges = len(world.wire.exchanges)
            warm = await _seconds(known, tokens, times)
            fetched = len(world.wire.exchanges) - exchanges
            open_ = await _seconds(openly, tokens, times)
            cold = await _seconds(known, tokens, times // 4, before=lambda: forget(consumer.did))
            _crowd(provider.connector.authenticator, consumer.did, crowd)
            crowded = await _seconds(known, tokens, times)
            crowded_cold = await _seconds(known, tokens, times // 4, before=lambda: forget(consumer.did))
        return Identified(
            open_, warm, cold, crowded, crowded_cold, fetched, *_verified(world, provider, consumer, times)
        )


async def _seconds(
    ask: Callable[[str], Awaitable[None]], tokens: Any, times: int, *, before: Callable[[], None] = lambda: None
) -> float:
    taken = []
    for _ in range(times):
        before()
        token = next(tokens)
        began = time.process_time()
        await ask(token)
        taken.append(time.process_time() - began)
    return median(taken)


def _crowd(authenticator: Authenticator, like: str, number: int) -> None:
    """Make so many participants known, each as the one that is."""
    at, membership = authenticator._known[like]
    for other in range(number - 1):
        did = f"did:web:member-{other}.example"
        authenticator._known[did] = (at, replace(membership, did=did))


def _der(signature: bytes) -> bytes:
    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))


async def _in_thread(work: Callable[[], None]) -> None:
    await asyncio.to_thread(work)  # it runs an event loop of its own


def _verified(world: World, provider: Member, consumer: Member, times: int) -> tuple[float, float]:
    document = DidDocument.parse(consumer.connector.identity.did_document, consumer.did)
    tokens = [consumer.bearer(provider) for _ in range(times)]
    now = world.clock.now()
    began = time.process_time()
    for token in tokens:
        validate_id_token(token, document, audience=provider.did, now=now, skew=SKEW)
    validated = times / (time.process_time() - began)
    jwk = ECKey.import_key(dict(consumer.connector.identity.token_key.key.public.jwk()))
    public, scheme = jwk.public_key, ec.ECDSA(hashes.SHA256())
    parts = [(_der(jws.signature), jws.signing_input) for jws in map(decode_jws, tokens)]
    began = time.process_time()
    for signature, data in parts:
        public.verify(signature, data, scheme)
    return validated, times / (time.process_time() - began)
