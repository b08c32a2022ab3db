"""What changed between two offers, in both languages: what was, what is asked, which side it favours."""

from typing import Any

import pytest

from connector.canonical import JsonObject
from connector.services.desk.changes import changes_between
from policies.clauses.build import build_clauses


def offer(**clauses: Any) -> JsonObject:
    named = {name.replace("_", "-"): blanks for name, blanks in clauses.items()}
    return {"@type": "Offer", "@id": "urn:offer", **build_clauses(named)}


BEFORE = offer(count={"times": "3"}, no_resale={})


@pytest.mark.parametrize(
    ("after", "clause", "change", "favours"),
    [
        (offer(count={"times": "1"}, no_resale={}), "count", "changed", "provider"),
        (offer(count={"times": "9"}, no_resale={}), "count", "changed", "consumer"),
        (offer(count={"times": "3"}), "no-resale", "removed", "consumer"),
        (offer(count={"times": "3"}, no_resale={}, no_training={}), "no-training", "added", "provider"),
        (offer(count={"times": "3"}, no_resale={}, delete={"within": "P7D"}), "delete", "added", "provider"),
    ],
)
def test_a_clause(after: JsonObject, clause: str, change: str, favours: str) -> None:
    [found] = changes_between(BEFORE, after)
    assert (found["clause"], found["change"], found["favours"]) == (clause, change, favours)
    assert (found["was"] is None, found["asked"] is None) == (change == "added", change == "removed")
    for lang in ("en", "ko"):
        for part in (found["was"], found["asked"]):
            assert part is None or part[lang] in found[lang]
    assert found["en"] != found["ko"]


def test_the_same_terms_in_another_order_are_no_change() -> None:
    other = {**BEFORE, "@id": "urn:other", "permission": BEFORE["permission"][0]}
    assert changes_between(BEFORE, other) == []


def test_what_is_no_clause_is_told_too() -> None:
    [found] = changes_between(BEFORE, {**BEFORE, "https://example.org/moon": "full"})
    assert (found["clause"], found["change"], found["favours"]) == ("property", "added", "neither")
    assert "moon" in found["en"]
    assert "moon" in found["ko"]


def test_what_cannot_be_read_is_said_to_be_so() -> None:
    [found] = changes_between(BEFORE, {"@type": "Offer", "permission": "none"})
    assert (found["clause"], found["favours"]) == (None, "neither")
    assert "cannot be compared" in found["en"]
    assert "비교할 수 없습니다" in found["ko"]
