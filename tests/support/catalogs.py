"""Many data sets at once, written in bulk: as published, but without files."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Final

from catalog.card import Answers, DataCard
from catalog.describe import describe_dataset, offer_id
from connector.clock import format_time
from connector.ports.records import DatasetRecord, OfferRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.listings import list_dataset
from policies.clauses import build_terms
from tests.catalog.cards import DIGEST, card

FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)
_AT_ONCE: Final = 1_000
_PROCESSES: Final = ("drying", "casting", "welding", "machining", "inspection")


@cache
def _card() -> DataCard:
    return card()


def published(number: int, publisher: str, *, visible_to: list[str] | None = None) -> tuple[DatasetRecord, OfferRecord]:
    """The data set of this number, with its offer: published so many seconds after `FIRST`."""
    made = _card()
    answers = Answers(
        title={"en": f"Batches of line {number}", "ko": f"{number}번 라인 배치"},
        description=made.answers.description,
        process=(_PROCESSES[number % len(_PROCESSES)],),
        keywords=(f"line-{number}", f"hall-{number % 97}"),
        producer=f"Plant {number % 13}",
        classification=("none",),
    )
    at = format_time(FIRST + timedelta(seconds=number))
    identifier = f"urn:uuid:00000000-0000-4000-8000-{number:012}"
    terms = build_terms(purposes=["quality-prediction"], count=3, prohibitions=["no-passing-on"])
    described = describe_dataset(
        identifier, replace(made, answers=answers), digest=DIGEST, issued=at, publisher=publisher
    )
    record = DatasetRecord(
        id=identifier,
        title=answers.title["en"],
        description=described,
        card={"found": {}, "answers": answers.to_json()},
        terms=terms,
        digest=DIGEST,
        byte_size=667_696,
        file="",
        file_state="",
        visible_to=visible_to,
        published_at=at,
    )
    offer = OfferRecord(
        id=offer_id(terms, identifier, described),
        dataset=identifier,
        policy={"@type": "Offer", **terms},
        live=True,
        created_at=at,
    )
    return record, offer


async def fill(store: Store, made: Iterator[tuple[DatasetRecord, OfferRecord]]) -> None:
    """Write them all, so many in one transaction."""
    while several := list(islice(made, _AT_ONCE)):

        def work(unit: UnitOfWork, several: list[tuple[DatasetRecord, OfferRecord]] = several) -> None:
            for record, offer in several:
                unit.datasets.add(record)
                unit.offers.add(offer)
                list_dataset(unit, record)

        await store.write(work)
