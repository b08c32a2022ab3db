"""Every value of an evidence file dropped, doubled, and swapped between two contracts; every bit of it turned round.

The exporter itself does it, with its own key at hand: manifest and statement are made to fit. What may change so without any
check noticing is listed here, and said in `docs/evidence.md`, section 9.
"""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from connector.canonical import canonical_bytes
from connector.contracts.evidence import Verdict, verify_evidence
from connector.contracts.layout import MANIFEST, STATEMENT
from tests.support.annexes import ANNEXED
from tests.support.contracts import VERIFIED_AT, build_contract
from tests.support.members import Json, make_members

MEMBERS = make_members()
LISTS = (MEMBERS.status_list(),)
ONE = build_contract(MEMBERS, status_lists=LISTS, **ANNEXED)
OTHER_ID = "urn:uuid:99999999-9999-4999-8999-999999999999"
TWO = build_contract(MEMBERS, status_lists=LISTS, agreement_id=OTHER_ID, **ANNEXED)
FILES, OTHERS = ONE.files(), TWO.files()
TRUST = MEMBERS.trust()
PATHS = sorted(path for path in FILES if path.endswith(".json") and path not in (MANIFEST, STATEMENT))
Place = tuple[str | int, ...]

HARMLESS = ("did/", "messages/", "document.json")
"""Files in which a change may go unnoticed: what nobody but the exporter vouches for."""
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


def signed_anew(path: str, document: Any) -> Verdict:
    data = document if isinstance(document, bytes) else canonical_bytes(document)
    return judge(ONE.repack({**FILES, path: data}))


def tried(path: str, place: Place, verdict: Verdict) -> None:
    """A change is caught, or stands where only the exporter's word is; nothing is ever "cannot be judged" for the better."""
    if path.startswith(HARMLESS):
        assert verdict.exit_code in (0, 1), (path, place)
    else:
        assert verdict.exit_code == 1, (path, place, verdict.summary_code)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: re.sub("[0-9a-f]{64}", "digest", path))
def test_any_value_dropped_at_any_depth_is_caught(path: str) -> None:
    for place in places(json.loads(FILES[path])):
        document = json.loads(FILES[path])
        del holder(document, place)[place[-1]]
        tried(path, place, signed_anew(path, document))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: re.sub("[0-9a-f]{64}", "digest", path))
def test_any_member_that_stands_twice_is_caught(path: str) -> None:
    """Also with the same value: two programs may take the first or the last."""
    text = FILES[path].decode()
    names = [place for place in places(json.loads(text)) if isinstance(place[-1], str)]
    for place in names:
        document = json.loads(text)
        found = holder(document, place)
        marked = {**found, "\u0001": found[place[-1]]}
        found.clear()
        found.update(marked)
        # One name twice cannot be said with a dict: it is written under a name of its own and renamed in the text.
        doubled = (
            canonical_bytes(document).decode().replace('"\\u0001":', f"{json.dumps(place[-1], ensure_ascii=False)}:")
        )
        verdict = signed_anew(path, doubled.encode())
        assert verdict.exit_code == 1, (path, place)
        assert {"documents", "log-entry"} & {check.id for check in verdict.failed}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: re.sub("[0-9a-f]{64}", "digest", path))
def test_any_value_of_another_contract_in_its_place_is_caught(path: str) -> None:
    mine, other = json.loads(FILES[path]), json.loads(OTHERS[path])
    compared = 0
    for place in places(mine):
        try:
            theirs = holder(other, place)[place[-1]]
        except (KeyError, IndexError, TypeError):
            continue
        document = copy.deepcopy(mine)
        if holder(document, place)[place[-1]] == theirs:
            continue
        compared += 1
        holder(document, place)[place[-1]] = theirs
        tried(path, place, signed_anew(path, document))
    assert compared or FILES[path] == OTHERS[path] or path.startswith("did/")


def test_how_much_was_tried_and_what_is_harmless() -> None:
    everything: dict[str, Json] = {path: json.loads(FILES[path]) for path in PATHS}
    count = sum(len(list(places(document))) for document in everything.values())
    exposed = sum(len(list(places(document))) for path, document in everything.items() if path.startswith(HARMLESS))
    assert count > 400
    assert exposed < count / 3


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
