"""Our logs one after the other: each for itself, the one before closed, the change undone with the unit of work that made it."""

import pytest

from connector.audit.checkpoint import peek_checkpoint
from connector.audit.entries import entry_bytes
from connector.audit.log import HighWater
from connector.audit.merkle import leaf_hash, verify_consistency
from connector.audit.proof import verify_tlog_proof
from connector.ports.store import Doubt, SigningSuspended, UnitOfWork
from connector.store.folder import HighWaterFile
from connector.store.log import LogSigner
from connector.store.unit_of_work import SqlStore
from tests.ports.places import KEY, ORIGIN, FolderPlace

pytestmark = pytest.mark.anyio
DIGEST = "sha256:" + "ab" * 32


class Place:
    """Which of our logs is in use, as the keys' file says."""

    epoch = 1

    def __call__(self) -> tuple[int, str]:
        return self.epoch, ORIGIN if self.epoch == 1 else f"{ORIGIN}/{self.epoch}"


@pytest.fixture
def place(folder: FolderPlace) -> Place:
    found = Place()
    folder.signer = LogSigner(ORIGIN, folder._sign, KEY.public.raw(), place=found)
    return found


async def append(store: SqlStore, folder: FolderPlace) -> None:
    await store.write(lambda unit: unit.log.append("contract", DIGEST, folder.clock.now()))


def mark_of(folder: FolderPlace) -> HighWater | None:
    return HighWaterFile(folder.mark).read()


async def opened(store: SqlStore, folder: FolderPlace, unbound: str | None = None) -> None:
    await store.write(lambda unit: unit.log.open_epoch(DIGEST, folder.clock.now(), unbound=unbound))


async def test_the_next_log_begins_at_one_and_the_old_one_stays_readable(folder: FolderPlace, place: Place) -> None:
    store = folder.open()
    for _ in range(5):
        await append(store, folder)
    place.epoch = 2
    await opened(store, folder)
    await append(store, folder)
    old, new = await store.read(lambda unit: (unit.log.head(1), unit.log.head()))
    assert old is not None
    assert new is not None
    assert (old.size, new.size) == (5, 2)
    assert peek_checkpoint(old.note).origin == ORIGIN
    assert peek_checkpoint(new.note).origin == ORIGIN + "/2"

    def proofs(unit: UnitOfWork) -> tuple[list[bytes], bytes, str]:
        return unit.log.consistency(3, 5, 1), unit.log.root_at(3, 1), unit.log.proof_in(0, new.note)

    found, root, proof = await store.read(proofs)
    verify_consistency(3, 5, root, old.root, found)
    entry = await store.read(lambda unit: unit.log.entry(0))
    assert entry["kind"] == "log-epoch"
    leaf = leaf_hash(entry_bytes(entry))
    signed = {"origin": ORIGIN + "/2", "verify": KEY.public.verify, "public_raw": KEY.public.raw()}
    assert verify_tlog_proof(proof, leaf, **signed) == (0, 2)  # type: ignore[arg-type]
    assert mark_of(folder) == HighWater(2, new.root, 2)
    store.close()
    again = folder.open()
    assert again.suspended is None
    await append(again, folder)


async def test_it_is_opened_once_and_although_nothing_may_be_signed(folder: FolderPlace, place: Place) -> None:
    store = folder.open()
    await append(store, folder)
    await store.write(lambda unit: unit.log.suspend("the database was set back"))
    with pytest.raises(SigningSuspended):
        await append(store, folder)
    place.epoch = 2
    await opened(store, folder, unbound="no membership yet")
    assert (store.doubt, store.suspended) == (Doubt.UNBOUND, "no membership yet")
    with pytest.raises(SigningSuspended, match="entries already"):
        await opened(store, folder)
    with pytest.raises(SigningSuspended, match="no membership yet"):
        await append(store, folder)
    await store.write(lambda unit: unit.log.release(Doubt.SET_BACK))
    assert store.doubt is Doubt.UNBOUND
    await store.write(lambda unit: unit.log.release(Doubt.UNBOUND))
    await append(store, folder)


async def test_what_is_undone_changes_nothing(folder: FolderPlace, place: Place) -> None:
    store = folder.open()
    await append(store, folder)
    before = mark_of(folder)
    await store.write(lambda unit: unit.log.suspend("the database was set back"))

    def fails(unit: UnitOfWork) -> None:
        unit.log.open_epoch(DIGEST, folder.clock.now(), unbound=None)
        raise RuntimeError

    def releases(unit: UnitOfWork) -> None:
        unit.log.release(Doubt.SET_BACK)
        raise RuntimeError

    place.epoch = 2
    for work in (fails, releases):
        with pytest.raises(RuntimeError):
            await store.write(work)
        assert store.doubt is Doubt.SET_BACK
    assert await store.read(lambda unit: unit.log.newest()) == 1
    assert mark_of(folder) == before


@pytest.mark.parametrize(
    ("ring", "mark", "doubt"),
    [
        (2, HighWater(1, b"", 2), Doubt.SET_BACK),
        (2, None, Doubt.NO_MARK),
        (2, "as it is", Doubt.EPOCH_BEGUN),
        (1, "as it is", None),
    ],
)
async def test_a_start_says_which_is_behind(
    folder: FolderPlace, place: Place, ring: int, mark: HighWater | str | None, doubt: Doubt | None
) -> None:
    store = folder.open()
    await append(store, folder)
    store.close()
    if not isinstance(mark, str):
        folder.mark.unlink()
    if isinstance(mark, HighWater):
        file = HighWaterFile(folder.mark)
        file.write(mark)
        file.close()
    place.epoch = ring
    assert folder.open().doubt is doubt


async def test_keys_that_are_older_than_the_database(folder: FolderPlace, place: Place) -> None:
    store = folder.open()
    await append(store, folder)
    place.epoch = 2
    await opened(store, folder)
    store.close()
    place.epoch = 1
    again = folder.open()
    assert again.doubt is Doubt.KEYS_BEHIND
    assert again.suspended is not None
    assert "Restore keys/ring.json" in again.suspended


async def test_a_crash_between_the_first_entry_and_the_mark(folder: FolderPlace, place: Place) -> None:
    store = folder.open()
    await append(store, folder)
    before = folder.mark.read_bytes()
    place.epoch = 2
    await opened(store, folder)
    store.close()
    folder.mark.write_bytes(before)
    again = folder.open()
    assert again.doubt is None
    found = mark_of(folder)
    assert found is not None
    assert (found.epoch, found.size) == (2, 1)
