"""A small card with all answers, for the tests of this package."""

from typing import Any

from catalog.card import Answers, DataCard, FoundFacts, parse_answers
from catalog.profile import Profiler, RecordBatch

DIGEST = "sha256:" + "ab" * 32
ANSWERS: dict[str, Any] = {
    "title": {"ko": "건조기 배치 자료", "en": "Dryer batches"},
    "description": {"en": "71 batches of a dryer"},
    "process": ["drying"],
    "keywords": ["dryer", "온도"],
    "producer": "did:web:example.com",
    "classification": ["none"],
}


def found(rows: int = 4) -> FoundFacts:
    profiler = Profiler(("batch", "step", "Temp [K]"))
    profiler.add(RecordBatch(profiler.columns, [[f"b{row // 2}", str(row % 2), f"{row}.5"] for row in range(rows)]))
    return FoundFacts("dryer.csv", 667_696, DIGEST, "text/csv", "utf-8", ",", None, profiler.finish())


def card(**changes: Any) -> DataCard:
    return DataCard(found(), parse_answers({**ANSWERS, **changes}))


def empty_card() -> DataCard:
    return DataCard(found(), Answers())
