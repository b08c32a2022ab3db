import hmac
from typing import Any

import pytest

from connector.ports.network import PeerUnreachable
from connector.services.errors import BadRequest, Conflict
from connector.services.static_tokens import NoTokens, StaticTokens

A, B = "did:web:a.example", "did:web:b.example"
SEND, EXPECT = "s" * 40, "e" * 40


class Memory:
    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, str]] = {}

    def load(self) -> dict[str, tuple[str, str]]:
        return self.kept

    def keep(self, tokens: dict[str, tuple[str, str]]) -> None:
        self.kept = tokens


def given(memory: Memory, did: str = A, send: str = SEND, expect: str | None = EXPECT) -> tuple[StaticTokens, str]:
    tokens = StaticTokens(memory)
    expected, made = tokens.made(did, send=send, expect=expect)
    tokens.give(did, made)
    return tokens, expected


def test_each_token_belongs_to_one_peer_and_one_direction() -> None:
    memory = Memory()
    tokens, _ = given(memory)
    assert (tokens.sender_of(EXPECT), tokens.sender_of(SEND), tokens.sender_of("x")) == (A, None, None)
    assert tokens.for_peer(A) == SEND
    with pytest.raises(PeerUnreachable):
        tokens.for_peer(B)
    with pytest.raises(Conflict):
        tokens.made(B, send="t" * 40, expect=EXPECT)
    with pytest.raises(Conflict):
        tokens.made(B, send="t" * 40, expect="t" * 40)
    tokens.made(A, send=SEND, expect=EXPECT)
    assert StaticTokens(memory).sender_of(EXPECT) == A
    tokens.drop(A)
    assert StaticTokens(memory).sender_of(EXPECT) is None


def test_what_is_expected_is_kept_as_a_digest_and_nothing_is_shown() -> None:
    memory = Memory()
    tokens, made = given(memory, expect=None)
    assert tokens.sender_of(made) == A
    assert made not in str(memory.kept)
    assert SEND not in repr(tokens._tokens)


@pytest.mark.parametrize("bad", ["", "short", "x" * 31, "x" * 600, "with blank " + "x" * 40, "ä" * 40])
def test_a_token_that_could_be_guessed_is_refused(bad: str) -> None:
    tokens = StaticTokens(Memory())
    for send, expect in ((bad, EXPECT), (SEND, bad)):
        with pytest.raises(BadRequest):
            tokens.made(A, send=send, expect=expect)


def test_all_are_compared_in_constant_time_whichever_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    for number, did in enumerate((A, B, "did:web:c.example")):
        tokens, _ = given(memory, did, f"{number}" * 40, f"e{number}" * 20)
    compared = []

    real = hmac.compare_digest

    def compare(one: Any, other: Any) -> bool:
        compared.append(one)
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    for shown in ("e0" * 20, "e2" * 20, "nobody's"):
        compared.clear()
        tokens.sender_of(shown)
        assert len(compared) == 3


def test_where_there_is_no_place_for_them_none_is_taken() -> None:
    tokens = StaticTokens(NoTokens())
    assert tokens.sender_of(EXPECT) is None
    _, made = tokens.made(A, send=SEND, expect=EXPECT)
    with pytest.raises(Conflict):
        tokens.give(A, made)
    assert not tokens.has(A)
