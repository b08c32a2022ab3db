from datetime import UTC, datetime, timedelta

import pytest

from connector.trust.errors import KeyInvalid
from connector.trust.keyring import KeyRing, read_ring, write_ring

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def states(ring: KeyRing) -> dict[str, str]:
    return {entry.fragment: entry.state for entry in ring.entries}


def test_the_first_keys() -> None:
    assert states(KeyRing()) == {"token-1": "in use", "contract-1": "in use", "log-1": "in use"}
    assert [entry.name for entry in KeyRing().published()] == ["token", "contract", "log"]


def test_announced_then_used_then_withdrawn() -> None:
    announced = KeyRing().announce("token", now=NOW, usable_from=LATER)
    assert states(announced)["token-2"] == "announced"
    assert announced.current("token").fragment == "token-1"
    assert [entry.fragment for entry in announced.published()][:2] == ["token-1", "token-2"]
    used = announced.bring_into_use("token", now=LATER, published_until=LATER + timedelta(days=1))
    assert states(used)["token-1"] == "retired"
    assert [entry.fragment for entry in used.published()][:2] == ["token-2", "token-1"]
    assert used.withdraw_expired(LATER) is used
    gone = used.withdraw_expired(LATER + timedelta(days=1))
    assert states(gone)["token-1"] == "withdrawn"
    assert "token-1" not in [entry.fragment for entry in gone.published()]
    assert gone.current("token").name == "token-2"


def test_a_compromised_key_leaves_at_once() -> None:
    ring = KeyRing().replace_compromised("contract", since=NOW - timedelta(days=3), now=NOW)
    assert states(ring)["contract-1"] == "compromised"
    assert ring.current("contract").fragment == "contract-2"
    assert ring.entries[1].doubted == NOW - timedelta(days=3)
    assert "contract-1" not in [entry.fragment for entry in ring.published()]


def test_the_successor_of_a_compromised_key_may_be_announced_already() -> None:
    ring = KeyRing().announce("log", now=NOW, usable_from=LATER).replace_compromised("log", since=NOW, now=NOW)
    assert states(ring) == {"token-1": "in use", "contract-1": "in use", "log-1": "compromised", "log-2": "in use"}


def test_one_change_at_a_time() -> None:
    ring = KeyRing().announce("log", now=NOW, usable_from=NOW)
    with pytest.raises(KeyInvalid, match="being changed already"):
        ring.announce("log", now=NOW, usable_from=NOW)
    with pytest.raises(KeyInvalid, match="no token key is announced"):
        ring.bring_into_use("token", now=NOW, published_until=None)


def test_written_and_read_again() -> None:
    ring = KeyRing().announce("token", now=NOW, usable_from=LATER).replace_compromised("log", since=NOW, now=LATER)
    ring = ring.bring_into_use("token", now=LATER, published_until=LATER)
    assert read_ring(write_ring(ring)) == ring


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "mmd-keys/2"}, "format mmd-keys/1"),
        ({"keys": "none"}, "format mmd-keys/1"),
        ({"keys": []}, "exactly one token key"),
        ({"keys": [{"use": "token", "number": 2}]}, "not numbered"),
        ({"keys": [{"use": "token", "number": 1}, {"use": "token", "number": 2}]}, "exactly one token key"),
        ({"keys": [{"use": "coffee", "number": 1}]}, "use and number"),
        ({"keys": [{"use": "token", "number": True}]}, "use and number"),
        ({"keys": [{"use": "token", "number": 1, "colour": "red"}]}, "unknown"),
        ({"keys": [{"use": "token", "number": 1, "used_from": "noon"}]}, "time that is none"),
        ({"keys": [{"use": "token", "number": 1, "used_from": 7}]}, "time that is none"),
    ],
)
def test_what_is_no_ring(change: dict[str, object], words: str) -> None:
    with pytest.raises(KeyInvalid, match=words):
        read_ring({**write_ring(KeyRing()), **change})


def test_it_says_which_log_is_in_use_and_keeps_that_when_keys_change() -> None:
    ring = KeyRing(log_epoch=3)
    assert read_ring(write_ring(ring)) == ring
    assert "logEpoch" not in write_ring(KeyRing())
    now = datetime(2026, 11, 29, tzinfo=UTC)
    announced = ring.announce("log", now=now, usable_from=now)
    changed = announced.bring_into_use("log", now=now, published_until=now)
    lost = changed.replace_compromised("contract", since=now, now=now)
    assert {r.log_epoch for r in (announced, changed, lost, lost.withdraw_expired(now))} == {3}
    for wrong in (0, -1, "2", True, None):
        with pytest.raises(KeyInvalid, match="number of a log"):
            read_ring({**write_ring(KeyRing()), "logEpoch": wrong})
