"""Who holds the token of a transfer: a bearer token, or one that is bound to the other side's key (decision 5, 14)."""

import hmac
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from connector.clock import Clock, format_time
from connector.ports.network import PeerUnreachable
from connector.ports.store import Store
from connector.services.authenticate import SKEW, Authenticator
from connector.services.errors import Busy, Unauthenticated
from connector.trust.errors import DidError, TrustError
from connector.trust.jws import peek
from connector.trust.keys import PublicKey
from connector.trust.tokens import verify_request_proof

_PROOF_LIFETIME: Final = timedelta(minutes=10)
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows: its `Authorization` header, its proof, and what the proof has to name."""

    method: str
    url: str
    authorization: str | None
    proof: str | None


class Access:
    """Checks tokens that we handed out, and proofs of possession."""

    def __init__(self, *, store: Store, authenticator: Authenticator, clock: Clock) -> None:
        self._store = store
        self._authenticator = authenticator
        self._clock = clock

    async def check(self, shown: Shown, *, token: str, bound: bool, holder: str, ends: datetime | None = None) -> None:
        """Whether this request comes from the holder of our token.

        Args:
            shown: what the request shows.
            token: the token that we handed out; empty when there is none.
            bound: whether it counts only with a proof of the holder's key.
            holder: the DID whose key that is.
            ends: from when on it counts no more.

        Raises:
            Unauthenticated: no valid token, or no valid proof.
            Busy: the holder's key cannot be looked up now.
        """
        scheme, _, given = (shown.authorization or "").partition(" ")
        given = given.strip()
        if not token or not hmac.compare_digest(token.encode(), given.encode()):
            raise Unauthenticated("no such transfer, or not with this token")
        if ends is not None and self._clock.now() >= ends:
            raise Unauthenticated(f"this token ended at {format_time(ends)}; a TransferStartMessage brings another")
        if not bound:
            if scheme.lower() != "bearer":
                raise Unauthenticated("this transfer's token is a Bearer token")
        elif scheme.lower() != "dpop" or shown.proof is None:
            raise Unauthenticated("this token is bound to a key: Authorization: DPoP and a DPoP proof are needed")
        else:
            await self._check_proof(shown, shown.proof, token, holder)

    async def _check_proof(self, shown: Shown, proof: str, token: str, holder: str) -> None:
        try:
            verified = verify_request_proof(
                proof,
                await self._key(holder, str(peek(proof)[0].get("kid"))),
                method=shown.method,
                url=shown.url,
                access_token=token,
                now=self._clock.now(),
                skew=SKEW,
            )
        except TrustError as error:
            raise Unauthenticated(f"the proof of possession does not hold: {error}") from None
        except PeerUnreachable as error:
            # What our network says about theirs is for our log; the caller learns what it can act on.
            _log.warning("the key of %s cannot be looked up: %s", holder, error)
            raise Busy("your key cannot be looked up now: your DID document does not answer us; try again") from None
        until = self._clock.now() + _PROOF_LIFETIME
        if not await self._store.use_token_once(f"proof {holder}", verified, until):
            raise Unauthenticated("this proof of possession was used before")

    async def _key(self, holder: str, kid: str) -> PublicKey:
        """The holder's key of this id; one that is not in the document that we keep may be new."""
        try:
            return (await self._authenticator.resolve(holder)).key(kid, "capabilityInvocation")
        except DidError:
            return (await self._authenticator.resolve(holder, fresh=True)).key(kid, "capabilityInvocation")
