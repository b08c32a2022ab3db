from enum import StrEnum

import pytest

from connector.protocol.errors import IllegalTransition
from connector.protocol.machine import Role, Table, advance, merged, take

C, P = Role.CONSUMER, Role.PROVIDER


class Lamp(StrEnum):
    OFF = "OFF"
    ON = "ON"
    BROKEN = "BROKEN"


TABLE: Table[Lamp] = {
    None: {(C, "plug"): Lamp.OFF},
    Lamp.OFF: {(C, "press"): Lamp.ON, (P, "drop"): Lamp.BROKEN},
    Lamp.ON: {(C, "press"): Lamp.OFF, (P, "press"): Lamp.OFF, (P, "drop"): Lamp.BROKEN},
    Lamp.BROKEN: {},
}


def test_the_other_side() -> None:
    assert (C.other, P.other) == (P, C)


def test_advance_follows_the_table() -> None:
    assert advance(TABLE, None, C, "plug") is Lamp.OFF
    assert advance(TABLE, Lamp.OFF, C, "press") is Lamp.ON


@pytest.mark.parametrize(
    ("state", "sender", "event", "said"),
    [
        (None, P, "plug", "the provider may not send plug as the first message"),
        (Lamp.OFF, P, "press", "the provider may not send press in state OFF"),
        (Lamp.BROKEN, C, "press", "the consumer may not send press in state BROKEN"),
        (Lamp.ON, C, "wave", "the consumer may not send wave in state ON"),
    ],
)
def test_anything_else_is_refused_with_who_what_and_when(
    state: Lamp | None, sender: Role, event: str, said: str
) -> None:
    with pytest.raises(IllegalTransition, match=said):
        advance(TABLE, state, sender, event)


def test_merged_adds_and_leaves_the_standard_alone() -> None:
    wide = merged(TABLE, {Lamp.BROKEN: {(P, "mend"): Lamp.OFF}})
    assert wide[Lamp.BROKEN] == {(P, "mend"): Lamp.OFF}
    assert wide[Lamp.OFF] == TABLE[Lamp.OFF]
    assert TABLE[Lamp.BROKEN] == {}


def test_take_without_anything_pending_is_advance() -> None:
    assert take(TABLE, Lamp.ON, (), C, "press", crosses=False) == (Lamp.OFF, ())


def test_take_reads_a_message_as_the_acknowledgement_of_ours() -> None:
    assert take(TABLE, Lamp.OFF, ("press",), C, "press", crosses=False) == (Lamp.OFF, ())


def test_take_applies_both_or_neither() -> None:
    """Theirs fits the state before ours, but they would go on from another state than we do."""
    with pytest.raises(IllegalTransition):
        take(TABLE, Lamp.ON, ("press",), C, "press", crosses=False)


def test_take_lets_named_events_cross() -> None:
    assert take(TABLE, Lamp.ON, ("press",), C, "press", crosses=True) == (Lamp.OFF, ())


def test_crossing_is_no_licence() -> None:
    with pytest.raises(IllegalTransition):
        take(TABLE, Lamp.OFF, ("press",), C, "wave", crosses=True)


def test_only_the_oldest_can_have_arrived() -> None:
    assert take(TABLE, Lamp.OFF, ("press", "press", "press"), C, "press", crosses=False) == (Lamp.OFF, ("press",) * 2)


def test_what_can_no_longer_be_sent_is_dropped() -> None:
    assert take(TABLE, Lamp.OFF, ("press", "press"), C, "drop", crosses=False) == (Lamp.BROKEN, ())
