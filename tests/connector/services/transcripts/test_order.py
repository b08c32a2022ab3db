"""In which order a conversation took effect, from what was written when it ended."""

from connector.ports.records import Exchange, MessageRecord
from connector.services.transcripts.heard import Heard, to_keep
from connector.services.transcripts.order import in_order

PID = "urn:uuid:1"


def exchange(way: str, name: str, status: int | None = 200, at: int = 5) -> Exchange:
    moment = f"2026-11-23T09:00:0{at}.000Z"
    return to_keep(Heard(way, name, "POST", "/a", {}, name.encode(), moment, "t", known=True, about=PID, status=status))


def steps(exchanges: list[Exchange], *effects: tuple[str, str]) -> list[str]:
    """`effects` are the messages in the order of their transactions."""
    numbers: dict[tuple[str | None, str, str], list[MessageRecord]] = {}
    for number, (way, name) in enumerate(effects, 1):
        message = MessageRecord(
            process=PID, direction=way, type=name, body=name.encode(), at="2026-11-23T09:00:03.000Z", number=number
        )
        numbers.setdefault((PID, way, exchange(way, name).digest), []).append(message)
    return [f"{kind} {shown.type}" for kind, shown in in_order(exchanges, numbers)]


def test_an_answer_that_came_late_stands_where_it_came() -> None:
    ended = [exchange("in", "agreement"), exchange("out", "request", 201)]
    assert steps(ended, ("out", "request"), ("in", "agreement")) == [
        "sent request",
        "received agreement",
        "answered request",
    ]


def test_what_was_decided_in_answer_to_a_message_comes_after_it_though_it_ended_first() -> None:
    ended = [exchange("out", "agreement"), exchange("in", "request", 201)]
    assert steps(ended, ("in", "request"), ("out", "agreement")) == [
        "received request",
        "sent agreement",
        "answered agreement",
    ]


def test_tries_that_failed_stand_where_they_ended() -> None:
    ended = [exchange("out", "request", None), exchange("out", "request", 503), exchange("out", "request", 201)]
    assert steps(ended, ("out", "request")) == ["sent request", "answered request"] * 3


def test_what_was_refused_changed_nothing_and_stands_behind_what_was_decided_before_it() -> None:
    early, late = exchange("in", "start", 400, at=1), exchange("in", "start", 400, at=4)
    held = exchange("out", "suspension")
    decided = [("out", "suspension")]
    assert steps([early, held], *decided) == ["received start", "sent suspension", "answered suspension"]
    assert steps([late, held], *decided) == ["sent suspension", "received start", "answered suspension"]


def test_without_the_messages_everything_stands_where_it_ended() -> None:
    ended = [exchange("in", "a"), exchange("out", "b"), exchange("in", "c")]
    assert steps(ended) == ["received a", "sent b", "answered b", "received c"]
