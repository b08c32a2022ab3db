"""Single changes in an evidence file, each caught; and the short list of those that rightly change nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.canonical import canonical_bytes
from connector.contracts.archive import write_archive
from connector.contracts.evidence import Verdict, verify_evidence
from connector.contracts.layout import MANIFEST, STATEMENT
from tests.support.annexes import ANNEXED
from tests.support.contracts import VERIFIED_AT, build_contract

CONTRACT = build_contract(log_goes_on="shown", deliveries=2, **ANNEXED)
FILES = CONTRACT.files()
TRUST = CONTRACT.members.trust()

HARMLESS_WHEN_THE_EXPORTER_SIGNS_ANEW = {
    # A document in a form or in words that we do not have cannot be made again; what was signed stays what it is.
    ("document.json", ("format",)),
    ("document.json", ("words",)),
    # The exporter's own copies: when and which way a message went, what it is called. Nobody but the exporter has
    # ever vouched for them, and the file says so. (What a message carries of P, C and R is compared.)
    *((f"messages/{number:04d}.json", (name,)) for number in (1, 2) for name in ("time", "type", "direction")),
}
"""Values that an exporter may change, with its own key at hand, without any check noticing."""


def judge(data: bytes) -> Verdict:
    return verify_evidence(data, trust=TRUST, now=VERIFIED_AT)


def leaves(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*place, key))
    else:
        yield place, value


def other_value(value: Any, place: tuple[str | int, ...]) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value in ("sent", "received"):
        return "received" if value == "sent" else "sent"
    if place[-1] in ("time", "validFrom", "created", "effective", "startedAt", "finishedAt", "timestamp"):
        return f"{value[:-2]}{(int(value[-2]) + 1) % 10}Z"
    if value is None or value.startswith("sha256:"):
        return "sha256:" + "00" * 32
    return value + "x"


def with_value(path: str, place: tuple[str | int, ...], value: Any) -> dict[str, bytes]:
    document = json.loads(FILES[path])
    holder = document
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    return {**FILES, path: canonical_bytes(document)}


def stable(path: str) -> str:
    """The name of a case: lists, consents and texts that were shown lie under their digests, others in every run."""
    folder = path.partition("/")[0]
    if folder in ("annexes", "shown"):
        return f"{folder}/{sorted(found for found in FILES if found.startswith(f'{folder}/')).index(path)}"
    return "status/list.jwt" if path.startswith("status/") else path


VALUES = [
    (path, place, value)
    for path in sorted(FILES)
    if path.endswith(".json")
    for place, value in leaves(json.loads(FILES[path]))
]


def changed_by_the_exporter(path: str, place: tuple[str | int, ...], value: Any) -> Verdict:
    return judge(CONTRACT.repack(with_value(path, place, other_value(value, place))))


def report() -> tuple[int, set[tuple[str, tuple[str | int, ...]]]]:
    """How many values the exporter changed, and which of them change no verdict."""
    tried = [(path, place, value) for path, place, value in VALUES if path not in (MANIFEST, STATEMENT)]
    harmless = {
        (path, place) for path, place, value in tried if not changed_by_the_exporter(path, place, value).exit_code
    }
    return len(tried), harmless


def test_the_file_itself_is_verified() -> None:
    assert judge(CONTRACT.repack(FILES)).exit_code == 0
    assert len(VALUES) > 300


@pytest.mark.parametrize("path", sorted(path for path in FILES if path.endswith(".json")), ids=stable)
def test_any_single_value_changed_by_a_stranger_is_caught(path: str) -> None:
    """With a manifest that fits, but without the exporter's key: no value at all may be changed."""
    for found, place, value in VALUES:
        if found == path:
            changed = with_value(path, place, other_value(value, place))
            expected = 2 if (path, place) == (MANIFEST, ("format",)) else 1  # an unknown version cannot be judged
            verdict = judge(CONTRACT.repack(changed, repair=path != MANIFEST, sign=False))
            assert verdict.exit_code == expected, (path, place)


@pytest.mark.parametrize(
    "path", sorted(path for path in FILES if path.endswith(".json") and path != MANIFEST), ids=stable
)
def test_any_single_value_changed_by_the_exporter_is_caught_but_for_a_short_list(path: str) -> None:
    """With a manifest that fits and a statement signed anew with the exporter's own key."""
    for found, place, value in VALUES:
        if found == path and path != STATEMENT:
            expected = 0 if (path, place) in HARMLESS_WHEN_THE_EXPORTER_SIGNS_ANEW else 1
            assert changed_by_the_exporter(path, place, value).exit_code == expected, (path, place)


@pytest.mark.parametrize("path", sorted(FILES), ids=stable)
def test_any_single_member_dropped_is_caught(path: str) -> None:
    if not path.endswith(".json"):
        return
    for name in json.loads(FILES[path]):
        document = json.loads(FILES[path])
        del document[name]
        verdict = judge(
            CONTRACT.repack({**FILES, path: canonical_bytes(document)}, repair=path != MANIFEST, sign=False)
        )
        assert verdict.exit_code == (2 if path == MANIFEST else 1), (path, name)


@pytest.mark.parametrize("path", sorted(FILES), ids=stable)
def test_any_file_dropped_is_caught(path: str) -> None:
    left = {name: data for name, data in FILES.items() if name != path}
    assert judge(write_archive(left)).exit_code == (2 if path == MANIFEST else 1)


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_any_single_byte_changed_is_caught(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(FILES)))
    changed = bytearray(FILES[path])
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    verdict = judge(write_archive({**FILES, path: bytes(changed)}))
    # A manifest that cannot be read any more, or that names another version, leaves nothing to judge.
    assert verdict.exit_code == 1 or (path == MANIFEST and verdict.summary_code == "unreadable")


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_a_single_byte_changed_in_what_a_party_or_authority_signed_is_caught_from_the_exporter_too(
    data: st.DataObject,
) -> None:
    signed = (
        "agreement", "signatures/", "notices/", "memberships/", "status/", "log/provider/entry", "dataset", "annexes/",
    )  # fmt: skip
    path = data.draw(st.sampled_from([name for name in sorted(FILES) if name.startswith(signed)]))
    changed = bytearray(FILES[path])
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    verdict = judge(CONTRACT.repack({**FILES, path: bytes(changed)}))
    assert verdict.exit_code == 1


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 2**60) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(VALUES), ANYTHING)
@settings(max_examples=150, deadline=None)
def test_nothing_in_a_file_makes_the_verifier_fail(found: tuple[str, tuple[str | int, ...], Any], value: Any) -> None:
    path, place, before = found
    depth = len(place) if not place or isinstance(before, str) else max(1, len(place) - 1)
    document = json.loads(FILES[path])
    holder = document
    for key in place[: depth - 1]:
        holder = holder[key]
    holder[place[depth - 1]] = value
    try:
        data = canonical_bytes(document)
    except ValueError:
        data = json.dumps(document).encode()
    verdict = judge(CONTRACT.repack({**FILES, path: data}, repair=path != MANIFEST, sign=path != STATEMENT))
    assert verdict.exit_code in (0, 1, 2)
    assert verdict.summary("ko")
    assert all(check.sentence("en") for check in verdict.checks)
