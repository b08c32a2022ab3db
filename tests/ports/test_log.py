"""The port `Log`: what it proves is verified by those who only have the proofs and the key."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from connector.audit.checkpoint import Checkpoint, open_checkpoint
from connector.audit.entries import entry_bytes
from connector.audit.errors import EntryError
from connector.audit.merkle import leaf_hash, verify_consistency
from connector.audit.proof import verify_tlog_proof
from connector.ports.records import LogEntry
from connector.store.unit_of_work import SqlStore
from tests.ports.places import KEY, ORIGIN, FolderPlace, Place

pytestmark = pytest.mark.anyio
SIGNED_BY = {"origin": ORIGIN, "verify": KEY.public.verify, "public_raw": KEY.public.raw()}
DIGEST = "sha256:" + "ab" * 32


async def append(store: SqlStore, place: Place, kind: str = "contract", **extra: Any) -> LogEntry:
    return await store.write(lambda unit: unit.log.append(kind, DIGEST, place.clock.now(), extra or None))


def opened(note: str) -> Checkpoint:
    return open_checkpoint(note, **SIGNED_BY)  # type: ignore[arg-type]


def verified(entry: dict[str, Any], proof: str) -> tuple[int, int]:
    return verify_tlog_proof(proof, leaf_hash(entry_bytes(entry)), **SIGNED_BY)  # type: ignore[arg-type]


def tlog_proof(index: int) -> Callable[[Any], str]:
    return lambda unit: str(unit.log.tlog_proof(index))


async def test_each_entry_is_proven_and_each_checkpoint_goes_on_from_the_one_before(place: Place) -> None:
    store = place.open()
    assert await store.read(lambda unit: unit.log.head()) is None
    entries = [await append(store, place, n=n) for n in range(19)]
    for index, entry in enumerate(entries):
        checkpoint = opened(entry.checkpoint)
        assert (entry.index, entry.size, checkpoint.size) == (index, index + 1, index + 1)
        assert entry.root == checkpoint.root.hex()
        assert verified(entry.entry, entry.proof) == (index, index + 1)
        assert await store.read(lambda unit, i=index: unit.log.entry(i)) == entry.entry  # type: ignore[misc]
    roots = [opened(entry.checkpoint).root for entry in entries]
    for new in range(1, len(roots) + 1):
        for old in range(1, new + 1):
            proof = await store.read(lambda unit, o=old, n=new: unit.log.consistency(o, n))  # type: ignore[misc]
            verify_consistency(old, new, roots[old - 1], roots[new - 1], proof)


async def test_an_old_entry_is_proven_in_the_newest_tree(place: Place) -> None:
    store = place.open()
    entries = [await append(store, place) for _ in range(6)]
    for index, entry in enumerate(entries):
        assert verified(entry.entry, await store.read(tlog_proof(index))) == (index, 6)
    head = await store.read(lambda unit: unit.log.head())
    assert (head.size, head.root, head.note) == (6, bytes.fromhex(entries[-1].root), entries[-1].checkpoint)


async def test_an_entry_cannot_be_guessed(place: Place) -> None:
    """Every leaf has fresh random bytes: an inclusion proof shows its neighbours' hashes (decision 5, 8)."""
    store = place.open()
    salts = {(await append(store, place)).entry["salt"] for _ in range(8)}
    assert len(salts) == 8
    assert {len(base64.urlsafe_b64decode(salt + "==")) for salt in salts} == {16}


async def test_several_entries_in_one_unit(place: Place) -> None:
    store = place.open()

    def work(unit: Any) -> list[LogEntry]:
        return [unit.log.append("notice", DIGEST, place.clock.now()) for _ in range(3)]

    entries = await store.write(work)
    assert [verified(entry.entry, entry.proof) for entry in entries] == [(0, 1), (1, 2), (2, 3)]


async def test_what_is_no_entry_leaves_the_log_as_it_was(place: Place) -> None:
    store = place.open()
    first = await append(store, place)
    for kind, digest in (("gossip", DIGEST), ("contract", "sha256:short")):
        with pytest.raises(EntryError):
            await store.write(lambda unit, k=kind, d=digest: unit.log.append(k, d, place.clock.now()))  # type: ignore[misc]
    head = await store.read(lambda unit: unit.log.head())
    assert head.note == first.checkpoint
    assert (await append(store, place)).index == 1


async def test_after_a_restart_it_goes_on(folder: FolderPlace) -> None:
    store = folder.open()
    before = [await append(store, folder) for _ in range(5)]
    store.close()
    store = folder.open()
    after = await append(store, folder)
    assert after.index == 5
    proof = await store.read(lambda unit: unit.log.consistency(3, 6))
    verify_consistency(3, 6, bytes.fromhex(before[2].root), bytes.fromhex(after.root), proof)


async def test_an_empty_log_proves_nothing(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="empty"):
        await store.read(tlog_proof(0))
    with pytest.raises(KeyError):
        await store.read(lambda unit: unit.log.entry(0))
