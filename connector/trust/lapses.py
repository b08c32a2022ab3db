"""Lapses of real peers that an operator may put up with, one by one and by name (measured with EDC and its IdentityHub).

None is put up with by default. Each name stands for one check that is left out for one peer; what is given up with it
stands in `connector.texts` under `lapse.NAME`. A lapse is never put up with in a peer whose membership binds a contract
key: such a peer can do better, and who looks worse than it is may be somebody else.
"""

from dataclasses import dataclass, field
from typing import Final

from connector.trust.did import DidDocument
from connector.trust.errors import NotAuthenticated

DID_WITHOUT_RELATIONSHIPS: Final = "did-without-relationships"
"""A DID document that says of no key what it is for: each of its own keys may then sign tokens and presentations, and,
in the document of the peer's issuer, credentials."""
PRESENTATIONS_WITHOUT_AUDIENCE: Final = "presentations-without-audience"
"""A presentation of VC 2.0 without `aud`, `exp` and `jti`, as the direct answer to our own query."""
UNSIGNED_STATUS_LISTS: Final = "unsigned-status-lists"
"""A status list as plain JSON, from the host of the issuer's DID document."""
MEMBERSHIP_WITHOUT_KEYS: Final = "membership-without-keys"
"""A membership that binds no contract key: its holder is a member, but nobody vouches for what it signs."""
STATIC_TOKEN: Final = "static-token"  # noqa: S105 - a name, and no token
"""A static token in place of identity tokens and presentations, in both directions: the weaker identity layer."""
DCP_LAPSES: Final = (
    DID_WITHOUT_RELATIONSHIPS,
    PRESENTATIONS_WITHOUT_AUDIENCE,
    UNSIGNED_STATUS_LISTS,
    MEMBERSHIP_WITHOUT_KEYS,
)
"""Those of a peer that speaks the Decentralized Claims Protocol; a static token takes the place of all of it."""
LAPSES: Final = (*DCP_LAPSES, STATIC_TOKEN)
SIGNER: Final = "signer"
"""The step at which a peer is refused in which something was put up with although it can sign."""


@dataclass(slots=True)
class Leniency:
    """What is put up with in one peer, and what was needed of it in one request.

    Attributes:
        lapses: the names that the operator allowed.
        needed: those without which the request would have been refused.
    """

    lapses: frozenset[str] = frozenset()
    needed: set[str] = field(default_factory=set)

    def puts_up_with(self, lapse: str) -> bool:
        """Whether this lapse, which is there, is put up with; then it is noted."""
        if lapse not in self.lapses:
            return False
        self.needed.add(lapse)
        return True

    def document(self, document: DidDocument) -> DidDocument:
        """The document as it is to be read: with all relationships for its own keys, if it has none at all."""
        if document.names_relationships or not self.puts_up_with(DID_WITHOUT_RELATIONSHIPS):
            return document
        return document.with_all_relationships()

    def check_signer(self) -> None:
        """For a peer whose membership binds a contract key.

        Raises:
            NotAuthenticated: something was put up with.
        """
        if self.needed:
            names = ", ".join(sorted(self.needed))
            raise NotAuthenticated(
                SIGNER, f"the sender's membership binds a contract key; nothing is put up with in it ({names})"
            )
