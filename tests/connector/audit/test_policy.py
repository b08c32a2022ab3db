import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from connector.audit.checkpoint import vkey
from connector.audit.cosignature import cosigner_vkey
from connector.audit.errors import PolicyFileError
from connector.audit.policy import Group, parse_policy, write_policy


def raw(n: int) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32).public_key().public_bytes_raw()


KEYS = {f"W{n}": cosigner_vkey(f"w{n}.example", raw(n)) for n in range(1, 7)}
LOG = vkey("plant.example/log", raw(9))
W1, W2 = KEYS["W1"], KEYS["W2"]
LINES = "\n".join(f"witness {name} {key}" for name, key in KEYS.items())
NESTED = f"""# two operators
log {LOG} https://plant.example/log
\t {LINES}
group X 2  W1 W2 W3
group Y any W4 W5 W6
group both all X Y
quorum both
"""


@pytest.mark.parametrize(
    ("cosigned", "enough"),
    [("", False), ("W1 W2", False), ("W1 W4", False), ("W1 W2 W6", True), ("W1 W2 W3 W4 W5 W6", True), ("X Y", False)],
)
def test_groups_of_groups(cosigned: str, enough: bool) -> None:
    policy = parse_policy(NESTED)
    assert policy.satisfied(cosigned.split()) is enough
    assert [log.name for log in policy.logs] == ["plant.example/log"]
    assert policy.witnesses["W1"].public_raw == raw(1)


def test_none_asks_for_nobody() -> None:
    assert parse_policy("quorum none\n").satisfied([])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no quorum"),
        ("quorum none\nquorum none\n", "line 2: there is one quorum"),
        ("quorum W1\n", "line 1: the quorum is a witness"),
        (f"witness none {W1}\nquorum none", "taken"),
        (f"witness W1 {W1}\nwitness W1 {W2}\nquorum W1", "line 2: the name 'W1' is taken"),
        (f"witness W1 {W1}\nwitness W2 {W1}\nquorum W1", "each witness stands once"),
        (f"log {LOG}\nlog {LOG}\nquorum none", "each log stands once"),
        (f"log {W1}\nquorum none", "no Ed25519 verifier key of type 1"),
        (f"witness W1 {LOG}\nquorum none", "no Ed25519 verifier key of type 4"),
        (f"witness W1 {W1[:-4]}\nquorum none", "no Ed25519 verifier key"),
        (f"witness W1 other.example{W1[len('w1.example') :]}\nquorum none", "key id"),
        (f"witness W1 {W1}\ngroup G 2 W1\nquorum G", "from 1 to 1"),
        (f"witness W1 {W1}\ngroup G 0 W1\nquorum G", "from 1 to 1"),
        (f"witness W1 {W1}\ngroup G any W1 W1\nquorum G", "a member once"),
        (f"witness W1 {W1}\ngroup G any W1\ngroup H any W1\nquorum G", "a member once"),
        (f"witness W1 {W1}\ngroup G any G\nquorum G", "defined before"),
        (f"witness W1 {W1}\ngroup G any\nquorum G", "members"),
        ("tlog x\nquorum none", "no definition"),
        ("quorum none\x07", "control characters"),
        ("#" * 70_000 + "\nquorum none", "at most"),
    ],
)
def test_what_is_no_policy(text: str, why: str) -> None:
    with pytest.raises(PolicyFileError, match=why):
        parse_policy(text)


def test_what_is_written_is_read() -> None:
    made = write_policy([LOG], KEYS, {"parties": Group(1, ("W1", "W2"))}, "parties")
    policy = parse_policy(made)
    assert policy.satisfied(["W2"])
    assert not policy.satisfied(["W3"])


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_policy(text)
    except PolicyFileError:
        return
    assert "quorum" in text
