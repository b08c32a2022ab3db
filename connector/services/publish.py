"""Publishing: a file is uploaded, looked at, described, given terms, and frozen (decisions 5, 16-18)."""

import asyncio
import errno
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from catalog.card import Answers, DataCard, missing_answers, parse_answers
from catalog.data_facts import facts_of
from catalog.describe import describe_dataset, offer_id
from catalog.errors import CatalogRoomError
from catalog.found import FoundFacts
from connector.clock import Clock, format_time
from connector.ids import new_iri
from connector.ports.disk import Place
from connector.ports.records import Act, DatasetRecord, OfferRecord, Position, UploadRecord
from connector.ports.store import Store, StoreFull, UnitOfWork
from connector.services.acts import note
from connector.services.disk_space import DiskSpace
from connector.services.errors import BadRequest, Conflict, NotFound, Unprocessable
from connector.services.identity import Identity
from connector.services.listings import list_dataset
from connector.services.offers import visible
from connector.services.terms import clauses_of, terms_of

__all__ = ["Files", "Publishing", "Uploaded", "clauses_of", "terms_of"]

_LOOKED_AT: Final = 8_000_000
"""After so many bytes it is asked whether there is still room."""
_FORBIDDEN_IN_NAMES: Final = frozenset('/\\:*?"<>|')


class Files(Protocol):
    """What publishing needs of the file system; `dataplane` has it."""

    def inspect(self, path: Path) -> FoundFacts:
        """What the machine finds in a file.

        Raises:
            BadRequest: it is no table.
        """
        ...

    def state(self, path: Path) -> str:
        """What tells, without reading it, that a file has not been touched."""
        ...

    def digest(self, path: Path) -> str:
        """The SHA-256 of a file."""
        ...


@dataclass(frozen=True, slots=True)
class Uploaded:
    """An upload that was looked at."""

    id: str
    found: FoundFacts


class Publishing:
    """What this company publishes."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        files: Files,
        folder: Path,
        clock: Clock,
        disk_space: DiskSpace,
    ) -> None:
        self._disk_space = disk_space
        self._me = identity
        self._store = store
        self._files = files
        self._folder = folder
        self._clock = clock

    async def upload(
        self, name: str, chunks: AsyncIterator[bytes], *, max_bytes: int, announced: int | None = None
    ) -> Uploaded:
        """Take a file and look at it. It becomes the frozen copy if it is published.

        `announced`: how many bytes it is said to have, if that is said.

        Raises:
            BadRequest: a name with a path in it, too large, or not a table; the sentence says what to do.
            NoRoom: the disk would have less left than has to stay free.
            StoreFull: the disk has no room for it.
        """
        if not name or len(name) > 200 or any(c in _FORBIDDEN_IN_NAMES or ord(c) < 32 for c in name):  # noqa: PLR2004
            raise BadRequest("the file's name is empty, too long, or holds characters that names do not have")
        self._disk_space.check(Place.PUBLISHED, min(announced or 0, max_bytes))
        self._folder.mkdir(parents=True, exist_ok=True)
        upload_id = new_iri()
        stored = f"{upload_id.rsplit(':', 1)[-1]}{Path(name).suffix.lower()[:10]}"
        path = self._folder / stored
        try:
            await self._receive(path, chunks, max_bytes)
            found = replace(await asyncio.to_thread(self._files.inspect, path), file_name=name)
        except BaseException as error:
            path.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise StoreFull("the disk has no room for this file; nothing was kept") from None
            raise
        record = UploadRecord(id=upload_id, file=stored, found=found.to_json(), at=format_time(self._clock.now()))
        await self._store.write(lambda unit: unit.uploads.add(record))
        return Uploaded(upload_id, found)

    async def publish(
        self,
        upload_id: str,
        answers: Mapping[str, Any],
        terms: Mapping[str, Any],
        *,
        visible_to: Sequence[str] | None,
        by: Act,
    ) -> DatasetRecord:
        """Publish an upload with what a person answered, under these terms.

        Raises:
            NotFound: there is no such upload.
            Unprocessable: answers are missing (`questions`), a term is unknown (`term`), or clauses contradict each
                other (`conflicts`).
        """
        upload = await self._store.read(lambda unit: unit.uploads.get(upload_id))
        if upload is None:
            raise NotFound("there is no such upload; upload the file again")
        now = self._clock.now()
        try:
            card = DataCard(FoundFacts.from_json(upload.found), parse_answers(dict(answers)))
        except CatalogRoomError as error:
            raise Unprocessable(f"the answers cannot be read: {error}") from None
        missing = missing_answers(card)
        if missing:
            questions = [{"id": q.id, "en": q.en, "ko": q.ko} for q in missing]
            raise Unprocessable("some answers are missing", questions=questions)
        rules = terms_of(terms, now, facts_of(card.answers))
        path = self._folder / upload.file
        record = DatasetRecord(
            id=new_iri(),
            title=_title(card.answers),
            description={},
            card={"found": upload.found, "answers": card.answers.to_json()},
            terms=rules,
            digest=card.found.digest,
            byte_size=card.found.byte_size,
            file=upload.file,
            file_state=self._files.state(path),
            visible_to=list(visible_to) if visible_to is not None else None,
            published_at=format_time(now),
        )
        description = describe_dataset(record.id, card, digest=record.digest, issued=now, publisher=self._me.did)
        record = replace(record, description=description)
        offer = OfferRecord(
            id=offer_id(rules, record.id, description),
            dataset=record.id,
            policy={"@type": "Offer", **rules},
            live=True,
            created_at=format_time(now),
        )

        def work(unit: UnitOfWork) -> DatasetRecord:
            unit.datasets.add(record)
            unit.offers.add(offer)
            list_dataset(unit, record)
            unit.uploads.delete(upload_id)
            note(unit, replace(by, object=record.id))
            return record

        return await self._store.write(work)

    async def withdraw(self, dataset_id: str, *, by: Act) -> DatasetRecord:
        """Take a data set out of the catalog; contracts that exist go on.

        Raises:
            NotFound: there is none.
            Conflict: it is withdrawn already.
        """

        def work(unit: UnitOfWork) -> DatasetRecord:
            held = unit.datasets.get(dataset_id)
            if held is None:
                raise NotFound("there is no such data set")
            if held.withdrawn_at is not None:
                raise Conflict("this data set is not in the catalog any more")
            gone = replace(held, withdrawn_at=format_time(self._clock.now()))
            unit.datasets.put(gone)
            unit.catalog.remove(dataset_id)
            for offer in unit.offers.find(dataset=dataset_id):
                unit.offers.put(replace(offer, live=False))
            note(unit, by)
            return gone

        return await self._store.write(work)

    async def datasets(
        self, limit: int, *, after: str | None = None
    ) -> tuple[list[tuple[DatasetRecord, list[OfferRecord]]], str | None]:
        """What is published, oldest first, with its open offers: behind the data set `after`, if one is named.

        Returns:
            At most `limit` of them, and the id behind which there is more, if there is.

        Raises:
            NotFound: there never was a data set `after`.
        """

        def work(unit: UnitOfWork) -> tuple[list[tuple[DatasetRecord, list[OfferRecord]]], str | None]:
            last = unit.datasets.get(after) if after is not None else None
            if after is not None and last is None:
                raise NotFound("there is no such data set to go on behind; begin at the first page")
            begin = Position(last.published_at, last.id) if last is not None else None
            places = unit.catalog.published(limit + 1, after=begin)
            held = [unit.datasets.get(place.dataset) for place in places[:limit]]
            found = [(d, list(unit.offers.find(dataset=d.id, live=True))) for d in held if d is not None]
            return found, places[limit - 1].dataset if len(places) > limit else None

        return await self._store.read(work)

    async def dataset(self, dataset_id: str, participant: str | None = None) -> tuple[DatasetRecord, list[OfferRecord]]:
        """One data set.

        Raises:
            NotFound: there is none, or none that this participant may see.
        """

        def work(unit: UnitOfWork) -> tuple[DatasetRecord | None, list[OfferRecord]]:
            return unit.datasets.get(dataset_id), list(unit.offers.find(dataset=dataset_id, live=True))

        held, offers = await self._store.read(work)
        if held is None or (participant is not None and not visible(held, participant)):
            raise NotFound("there is no such data set")
        return held, offers

    async def check_frozen(self, record: DatasetRecord) -> Path:
        """The frozen copy, if it is still what was published: compared by its state, re-hashed when that has changed.

        Raises:
            Conflict: it has changed or is gone; no byte leaves.
        """
        path = self._folder / record.file
        try:
            if self._files.state(path) == record.file_state:
                return path
            found = await asyncio.to_thread(self._files.digest, path)
        except OSError:
            raise Conflict("the published file is gone from this connector; publish it again") from None
        if found != record.digest:
            raise Conflict(
                f"the file has changed since it was published: the contract names {record.digest}, it has {found}"
            )
        state = self._files.state(path)

        def work(unit: UnitOfWork) -> None:
            held = unit.datasets.get(record.id)
            if held is not None:
                unit.datasets.put(replace(held, file_state=state))

        await self._store.write(work)
        return path

    async def _receive(self, path: Path, chunks: AsyncIterator[bytes], max_bytes: int) -> None:
        size = 0
        with path.open("xb") as file:
            path.chmod(0o600)
            async for chunk in chunks:
                size += len(chunk)
                if size > max_bytes:
                    raise BadRequest(f"the file is larger than {max_bytes:,} bytes, the limit of this connector")
                if size // _LOOKED_AT > (size - len(chunk)) // _LOOKED_AT:
                    self._disk_space.check(Place.PUBLISHED)
                file.write(chunk)


def _title(answers: Answers) -> str:
    return answers.title.get("en") or answers.title.get("ko") or ""
