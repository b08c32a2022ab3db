"""What the answers of others say about our log and our contracts, beside what is here."""

from collections.abc import Iterable
from typing import Final

from connector.audit.checkpoint import Checkpoint
from connector.audit.errors import ProofError
from connector.ports.store import UnitOfWork
from connector.services.contracting import digest_of_signed
from connector.services.identity import Identity
from connector.services.reconciling.adopting import KEYS_LOST, count_at_least
from connector.services.reconciling.asking import Answer, Told
from connector.services.remembering import uses_known

_MOST_FORGOTTEN: Final = 1_000
"""How many logs after the last known one we may have opened and forgotten. Whoever invents a larger number is passed over:
he would use up all the numbers that there are."""


def largest(me: Identity, heard: Iterable[Answer], epoch: int) -> tuple[Checkpoint, str] | None:
    """The largest checkpoint of this log of ours that anybody holds."""
    found = [one for answer in heard for one in answer.checkpoints if me.epoch_of(one[0].origin) == epoch]
    return max(found, key=lambda one: one[0].size, default=None)


def knows_more(me: Identity, unit: UnitOfWork, heard: Iterable[Answer], epoch: int) -> str | None:
    """What anybody knows that is not here, in words; None when nobody knows anything."""
    head = unit.log.head(epoch)
    size = head.size if head is not None else 0
    for answer in heard:
        for checkpoint, _ in answer.checkpoints:
            if (me.epoch_of(checkpoint.origin) or 0) > epoch:
                return f"{answer.did} knows a newer log of ours, {checkpoint.origin}"
            if me.epoch_of(checkpoint.origin) != epoch:
                continue
            if checkpoint.size > size:
                return f"{answer.did} holds a checkpoint of {checkpoint.size} entries, here are {size}"
            try:
                same = unit.log.root_at(checkpoint.size, epoch) == checkpoint.root
            except ProofError:
                same = False
            if not same:
                return f"{answer.did} holds another checkpoint of {checkpoint.size} entries: the log has two histories"
        for told in answer.contracts:
            if forgotten(me, unit, told):
                return f"{answer.did} holds what we signed for {told.id} and is not here"
        if any(number > epoch for number in named_logs(me, answer, epoch)):
            return f"{answer.did} knows a newer log of ours"
    return None


def named_logs(me: Identity, answer: Answer, known: int) -> list[int]:
    """The numbers of logs of ours that somebody names without our signature, but for those that cannot be true.

    `known` is the last one that a signature of ours vouches for.
    """
    numbers = [me.epoch_of(origin) or 0 for origin in answer.origins]
    return [number for number in numbers if number <= known + _MOST_FORGOTTEN]


def forgotten(me: Identity, unit: UnitOfWork, told: Told) -> bool:
    """Whether the other side holds something of ours that is not here: then more was logged than is here."""
    if told.receipt is None:
        return False
    held = unit.contracts.get(told.id)
    if held is None or "R" not in held.signatures:
        return True
    return told.ours > highest(unit, told.id, me.did)


def behind(me: Identity, unit: UnitOfWork, told: Told) -> bool:
    """Whether the other side of a contract holds more of it than is here."""
    if told.receipt is None:
        return False
    held = unit.contracts.get(told.id)
    if held is None or "R" not in held.signatures:
        return True
    if held.held is not None and held.held["why"] == KEYS_LOST:
        return False  # a record; what else was said under it is in the other side's evidence
    ours, theirs = highest(unit, told.id, me.did), highest(unit, told.id, held.counterparty)
    return told.ours > ours or told.theirs > theirs or digest_of_signed(held.signatures["R"]) != told.receipt


def recount(unit: UnitOfWork, answer: Answer, *, but: frozenset[str] = frozenset()) -> None:
    """A use that was begun and has no receipt counts as well, where the other side knows of it.

    Not under those contracts whose receipts are still to be taken up: these are counted then.
    """
    for told in answer.contracts:
        held = unit.contracts.get(told.id)
        provided = held is not None and held.role == "provider" and held.counterparty == answer.did
        if provided and told.id not in but and told.uses > uses_known(unit, told.id):
            count_at_least(unit, told.id, told.uses)


def highest(unit: UnitOfWork, contract: str, author: str) -> int:
    """The number of the last notice of an author that is here; 0 for none."""
    found = unit.notices.find(contract=contract, author=author, newest_first=True, limit=1)
    return found[0].position if found else 0
