"""What a 409 of a peer means: a race, a repeat, or that it is over there (decision 5, 4).

Asked for the state of the process, the peer shows one of three things: it has our message after all; it has ended the
process, and nothing of ours can reach it any more; or neither, and then ours is sent again later.
"""

import re
from typing import Final

from connector.ports.network import PeerAnswer
from connector.protocol.negotiation import ACCEPTED, AGREEMENT, FINALIZED, OFFER, TERMINATION, VERIFICATION
from connector.protocol.negotiation import REQUEST as ASKED
from connector.protocol.transfer import COMPLETION, REQUEST, START, SUSPENSION
from connector.protocol.transfer import TERMINATION as ENDED
from connector.wire.codec import as_text, read_answer

_PROCESS: Final = re.compile(r"(.+/(?:negotiations|transfers)/(?!request$|offers$)[^/]+)/")
STATES_AFTER: Final = {
    ASKED: frozenset({"REQUESTED", "AGREED"}),
    OFFER: frozenset({"OFFERED", "ACCEPTED"}),
    ACCEPTED: frozenset({"ACCEPTED", "AGREED"}),
    AGREEMENT: frozenset({"AGREED", "VERIFIED"}),
    VERIFICATION: frozenset({"VERIFIED", "FINALIZED"}),
    FINALIZED: frozenset({"FINALIZED"}),
    TERMINATION: frozenset({"TERMINATED"}),
    REQUEST: frozenset({"REQUESTED"}),
    START: frozenset({"STARTED", "COMPLETED"}),
    SUSPENSION: frozenset({"SUSPENDED"}),
    COMPLETION: frozenset({"COMPLETED"}),
    ENDED: frozenset({"TERMINATED"}),
}
"""The states that a peer can only show once it has our message: the one that it leads to, and what only follows it."""
_BEFORE_TOO: Final = {ASKED: "REQUESTED", OFFER: "OFFERED"}
"""A counter-offer leads to a state that the process was in before, and a peer may still show that for a moment."""
_SETTLED_AFTER: Final = 5
"""Tries (about three seconds) after which such a state is no longer taken for the one before."""
_OVER: Final = frozenset({"TERMINATED", "COMPLETED", "FINALIZED"})


def process_at(url: str, event: str) -> str | None:
    """Where the peer shows the state of the process that a message went to; None when it has no place of its own yet."""
    found = _PROCESS.match(url)
    return found[1] if found is not None and event in STATES_AFTER else None


def judged_by_state(event: str, refused: PeerAnswer, state: PeerAnswer, *, attempts: int) -> PeerAnswer:
    """The answer to our message, by the state that the peer shows after so many attempts of ours before this one.

    A GET may confirm that *ours* arrived, never stand in for a message that the peer owes us.
    """
    if state.status != 200:  # noqa: PLR2004
        return refused
    shown = as_text(read_answer(state.body).get("state"))
    unclear = shown == _BEFORE_TOO.get(event) and attempts < _SETTLED_AFTER
    if shown in STATES_AFTER[event] and not unclear:
        return PeerAnswer(200, state.body)
    if shown in _OVER:
        said = f"the peer shows {shown}, where {event.partition(':')[0]} has no place any more ({refused.text})"
        return PeerAnswer(400, said.encode())
    return refused
