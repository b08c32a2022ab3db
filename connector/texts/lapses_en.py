"""What is given up with each lapse of a peer that an operator puts up with (`connector.trust.lapses`)."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "lapse.did-without-relationships": (
        "Any key in its DID document, and in that of its issuer, counts for everything: a key meant for one use, once "
        "stolen, opens all others."
    ),
    "lapse.presentations-without-audience": (
        "What its wallet answers to us is bound to no verifier, time or use: only the line to its wallet says that it is "
        "fresh and meant for us."
    ),
    "lapse.unsigned-status-lists": (
        "Whether its membership was revoked is said by whoever answers at its issuer's host; a restart forgets what was "
        "seen, and a revocation is noticed only when the participant calls."
    ),
    "lapse.membership-without-keys": (
        "Its issuer vouches for the participant, but for no key of it: it can sign no contract, and nothing in a dispute "
        "ties one to it."
    ),
    "lapse.static-token": (
        "Who shows its token is taken for it, as often as he likes: the token is bound to no use, no time and no verifier, and "
        "whoever reads it once is this participant until it is changed. No authority vouches for it, and nobody revokes it."
    ),
}
