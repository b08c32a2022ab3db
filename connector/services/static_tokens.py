"""Static tokens instead of identity tokens, for single peers that the operator names (`trust.lapses.STATIC_TOKEN`).

A peer has two: one that we send and one that we expect. Each belongs to one DID alone. The one that we expect is kept as a
digest; all digests are compared, each in constant time, so that neither the answer nor its time tells how near a guess is.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from connector.ports.keys import PeerTokens
from connector.ports.network import PeerUnreachable
from connector.services.errors import BadRequest, Conflict

TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]{32,512}=*")
"""What a token may look like (RFC 6750, b64token), long enough that nobody guesses it."""


@dataclass(frozen=True, slots=True)
class PeerToken:
    """The tokens of one peer.

    Attributes:
        send: what we show to it.
        expected: the SHA-256 of what it shows to us.
    """

    send: str = field(repr=False)
    expected: str = field(repr=False)


class StaticTokens:
    """The tokens of all peers that are configured for them."""

    def __init__(self, kept: PeerTokens) -> None:
        self._kept = kept
        self._tokens = {did: PeerToken(send, expected) for did, (send, expected) in kept.load().items()}

    def sender_of(self, token: str) -> str | None:
        """Whose token this is; None for nobody's."""
        if not self._tokens:
            return None
        digest, found = _digest(token), None
        for did, held in self._tokens.items():
            if hmac.compare_digest(held.expected, digest):
                found = did  # the others are compared all the same
        return found

    def for_peer(self, did: str) -> str:
        """What we show to a peer.

        Raises:
            PeerUnreachable: there is none. Another kind of token is no stand-in for it.
        """
        held = self._tokens.get(did)
        if held is None:
            raise PeerUnreachable(f"there is no static token to show to {did}; give it anew with `mmd peers add`")
        return held.send

    def has(self, did: str) -> bool:
        """Whether there are tokens for a peer."""
        return did in self._tokens

    def made(self, did: str, *, send: str, expect: str | None) -> tuple[str, PeerToken]:
        """The tokens of a peer, checked and not kept yet.

        Args:
            did: whose they are.
            send: what we show to it, as it gave it to us.
            expect: what it shows to us; made here if None.

        Returns:
            What it shows to us, and what `give` takes.

        Raises:
            BadRequest: not long enough, or with other characters than a token may have.
            Conflict: another peer shows this token, or both directions would be the same.
        """
        expected = secrets.token_urlsafe(32) if expect is None else expect
        for token in (send, expected):
            if TOKEN.fullmatch(token) is None:
                raise BadRequest("a static token has 32 to 512 letters, digits or -._~+/ and nothing else")
        digest = _digest(expected)
        taken = [other for other, held in self._tokens.items() if hmac.compare_digest(held.expected, digest)]
        if hmac.compare_digest(_digest(send), digest) or taken not in ([], [did]):
            raise Conflict("each peer and each direction has a token of its own")
        return expected, PeerToken(send, digest)

    def give(self, did: str, token: PeerToken) -> None:
        """Keep the tokens of a peer, in place of those that it had."""
        self._keep({**self._tokens, did: token})

    def drop(self, did: str) -> None:
        """Forget the tokens of a peer: what it shows opens nothing any more."""
        if did in self._tokens:
            self._keep({other: held for other, held in self._tokens.items() if other != did})

    def _keep(self, tokens: dict[str, PeerToken]) -> None:
        self._kept.keep({did: (held.send, held.expected) for did, held in tokens.items()})
        self._tokens = tokens


class NoTokens:
    """The port `PeerTokens` where there is no place for any."""

    def load(self) -> dict[str, tuple[str, str]]:
        """None."""
        return {}

    def keep(self, tokens: dict[str, tuple[str, str]]) -> None:
        """Refuse.

        Raises:
            Conflict: there is no place for them.
        """
        raise Conflict(f"static tokens cannot be kept here ({len(tokens)} given)")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
