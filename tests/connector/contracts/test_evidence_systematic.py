"""Every value of an evidence file dropped, doubled, and swapped between two contracts; every bit of it turned round.

The exporter itself does it, with its own key at hand: manifest and statement are made to fit. What may change so without any
check noticing is listed here, and said in `docs/evidence.md`, section 9.
"""

import copy
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from connector.canonical import canonical_bytes
from connector.contracts.evidence import Verdict, verify_evidence
from connector.contracts.layout import MANIFEST, STATEMENT
from tests.support.annexes import ANNEXED
from tests.support.contracts import VERIFIED_AT, build_contract
from tests.support.members import make_members

MEMBERS = make_members()
LISTS = (MEMBERS.status_list(),)
ONE = build_contract(MEMBERS, status_lists=LISTS, **ANNEXED)
OTHER_ID = "urn:uuid:99999999-9999-4999-8999-999999999999"
TWO = build_contract(MEMBERS, status_lists=LISTS, agreement_id=OTHER_ID, **ANNEXED)
FILES, OTHERS = ONE.files(), TWO.files()
TRUST = MEMBERS.trust()
PATHS = sorted(path for path in FILES if path.endswith(".json") and path not in (MANIFEST, STATEMENT))
Place = tuple[str | int, ...]

STEP = 23
"""Every so many bytes one bit is turned; `make conformance-evidence EVERY_BYTE=1` turns one in each (minutes)."""


def judge(data: bytes) -> Verdict:
    return verify_evidence(data, trust=TRUST, now=VERIFIED_AT)


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every member and item, at every depth."""
    if isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*place, key)
            yield from places(item, (*place, key))


def holder(document: Any, place: Place) -> Any:
    for key in place[:-1]:
        document = document[key]
    return document


def written(document: Any) -> bytes:
    return document if isinstance(document, bytes) else canonical_bytes(document)


def signed_anew(path: str, data: bytes) -> Verdict:
    return judge(ONE.repack({**FILES, path: data}))


def dropped(path: str) -> Iterator[tuple[Place, bytes]]:
    """The file without each value, at every depth."""
    for place in places(json.loads(FILES[path])):
        document = json.loads(FILES[path])
        del holder(document, place)[place[-1]]
        yield place, canonical_bytes(document)


def doubled(path: str) -> Iterator[tuple[Place, bytes]]:
    """The file with each member twice, with the same value: two programs may take the first or the last."""
    text = FILES[path].decode()
    for place in places(json.loads(text)):
        if not isinstance(place[-1], str):
            continue
        document = json.loads(text)
        found = holder(document, place)
        marked = {**found, "\u0001": found[place[-1]]}
        found.clear()
        found.update(marked)
        # One name twice cannot be said with a dict: it is written under a name of its own and renamed in the text.
        renamed = f"{json.dumps(place[-1], ensure_ascii=False)}:"
        yield place, canonical_bytes(document).decode().replace('"\\u0001":', renamed).encode()


def swapped(path: str) -> Iterator[tuple[Place, bytes]]:
    """The file with each value of the other contract that is another one, in its place."""
    mine, other = json.loads(FILES[path]), json.loads(OTHERS[path])
    for place in places(mine):
        try:
            theirs = holder(other, place)[place[-1]]
        except (KeyError, IndexError, TypeError):
            continue
        if holder(mine, place)[place[-1]] != theirs:
            document = copy.deepcopy(mine)
            holder(document, place)[place[-1]] = theirs
            yield place, canonical_bytes(document)


WAYS: dict[str, Callable[[str], Iterator[tuple[Place, bytes]]]] = {
    "dropped": dropped,
    "doubled": doubled,
    "swapped between two contracts": swapped,
}


def report(way: str, paths: Sequence[str] = PATHS) -> tuple[int, set[tuple[str, Place]]]:
    """How many changes of this way were tried, and which of them change no verdict.

    Raises:
        AssertionError: one of them makes that something cannot be judged: it is found out, or it is harmless.
    """
    tried, harmless = 0, set()
    for path in paths:
        for place, data in WAYS[way](path):
            verdict = signed_anew(path, data)
            assert verdict.exit_code in (0, 1), (way, path, place, verdict.summary_code)
            tried += 1
            if verdict.exit_code == 0:
                harmless.add((path, place))
    return tried, harmless


@pytest.mark.parametrize("path", PATHS, ids=lambda path: re.sub("[0-9a-f]{64}", "digest", path))
@pytest.mark.parametrize("way", WAYS)
def test_whatever_is_done_to_a_value_is_caught(way: str, path: str) -> None:
    """Nothing of it is harmless, not even with the exporter's own key. (Values that are changed: `test_evidence_changes`.)"""
    _, harmless = report(way, [path])
    assert harmless == set()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: re.sub("[0-9a-f]{64}", "digest", path))
def test_a_member_that_stands_twice_is_not_read_at_all(path: str) -> None:
    for place, data in doubled(path):
        assert {"documents", "log-entry"} & {check.id for check in signed_anew(path, data).failed}, place


def test_how_much_is_tried() -> None:
    counts = {way: sum(len(list(make(path))) for path in PATHS) for way, make in WAYS.items()}
    assert counts["dropped"] > counts["doubled"] > 400
    assert counts["swapped between two contracts"] > 50


def turn_bits(step: int) -> tuple[int, int]:
    """One bit in every `step`th byte of the file turned round: how many were tried, and how many change nothing.

    Raises:
        AssertionError: one of them changes something and is verified all the same.
    """
    data = ONE.evidence()
    good = judge(data)
    assert good.exit_code == 0
    harmless = 0
    for at in range(0, len(data), step):
        turned = bytearray(data)
        turned[at] ^= 1 << at % 8
        verdict = judge(bytes(turned))
        if verdict.exit_code == 0:
            assert [check.verdict for check in verdict.checks] == [check.verdict for check in good.checks], at
            harmless += 1
    # Times, versions, attributes and the like of the ZIP: some bytes for each entry, none of the contents.
    assert harmless * step < 60 * (len(FILES) + 1) + 30 * step
    return len(range(0, len(data), step)), harmless


def test_every_bit_of_the_file_turned_round_is_caught_or_means_nothing() -> None:
    tried_, harmless = turn_bits(STEP)
    assert harmless < tried_ / 10
