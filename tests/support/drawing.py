"""Flows as sequence diagrams, drawn from what went over the line, and `docs/flows.md`, which holds them.

Every test that draws compares its diagram with the file. `MMD_WRITE_DOCS=1 python -m pytest tests/flows -n0` writes them.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from tests.support.wire import Exchange
from tests.support.world import World

FILE: Final = Path(__file__).resolve().parents[2] / "docs" / "flows.md"
WRITE: Final = "MMD_WRITE_DOCS"
_HIDDEN: Final = frozenset(
    {
        "DID document",
        "versions",
        "PresentationQueryMessage",
        "status list",
        "suspension list",
        "GET datasets",
        "consistency",
    }
)
_LETTERS: Final = {"authority": "A", "provider": "P", "consumer": "C", "outsider": "O", "foreigner": "F"}
_STATUS: Final = {
    200: "200",
    201: "201 Created",
    206: "206 Partial Content",
    400: "400 Bad Request",
    401: "401 Unauthorized",
    403: "403 Forbidden",
    404: "404 Not Found",
    409: "409 Conflict",
    503: "503 Service Unavailable",
}
HEAD: Final = """# Flows

What goes over the line in whole conversations, drawn by the tests in `tests/flows` from real connectors in one process.
Nobody writes in this file: `MMD_WRITE_DOCS=1 .venv/bin/python -m pytest tests/flows -n0` does, and a test fails when a
conversation runs otherwise. Not drawn: the look-ups before the first message (DID documents, version document, data set)
and the presentations and status lists by which each side makes sure, every few minutes, that the other is a member.
"""
FLOWS: Final[Mapping[str, str]] = {
    "The first transfer waits until the other side has cosigned the log": (
        "The consumer signs that it saw the provider's log at that time, and that it continues what it saw before."
    ),
    "Back from an older backup": (
        "The others are asked what they hold. They know more, so a new log is opened, the membership is renewed to bind it, what was "
        "forgotten is taken up out of the other side's evidence, and all are told of the new log."
    ),
    "The whole thread": (
        "Both sides sign, the consumer confirms that it holds the receipt, the data flows, both record the delivery."
    ),
    "The answer to the first message is lost": (
        "The consumer sends the same bytes again and gets the same answer: there is one negotiation."
    ),
    "The answer to FINALIZED is lost": (
        "The provider is bound from its first FINALIZED on; the second one changes nothing and is answered alike."
    ),
    "The provider's agreement overtakes its own 201": (
        "The agreement implies that the request arrived. The late answer changes nothing."
    ),
    "The consumer is down": "What is due waits, and goes when the consumer is back.",
    "The provider restarts while messages are due": "What was due before is due after.",
    "The provider is busy": "A 503 ends nothing: the same message goes again.",
    "The sender's identity cannot be checked": (
        "The consumer's DID document cannot be had: that is not the consumer's fault, and a 401 would be final."
    ),
    "The provider begins": (
        "It offers a contract to a consumer that has not asked; the consumer's people look at it and say yes."
    ),
    "The provider begins, and offers go to and fro": (
        "The consumer answers with other terms, the provider with others again; each step is one of their people."
    ),
    "The provider begins, the consumer says no": "Code and reason stand on both sides, in the words of who ended it.",
    "The provider alters the terms": (
        "An agreement that is not what was offered is refused and the negotiation ended, although the provider signed it."
    ),
    "The countersignature comes too late": "After `countersignBefore` nothing binds the provider any more.",
    "Terminated before the consumer has signed": "Nothing binds the consumer yet: its termination carries no signature.",
    "Terminated after both have signed": (
        "As long as there is no receipt the provider may end it, signed; both keep and log its word."
    ),
    "The provider withdraws while data flows": "The bytes are cut at once, and the consumer is told why.",
    "The list of named people changes": (
        "One side proposes, signed by its salted digest; the list goes beside it. The other side countersigns: it counts."
    ),
    "The consumer deletes what it received": (
        "It certifies, signed, which deliveries it deleted; the provider countersigns the certificate as received."
    ),
    "A company asks for a membership": (
        "It asks, a person at the authority says yes, and both memberships are brought: no file is carried."
    ),
    "A member is revoked while data flows": (
        "The authority's hint arrives, the list is asked for, the bytes are cut; the member's next word is refused."
    ),
    "The provider offers other terms": "Each step waits for a person; what is signed is the offer that was accepted.",
    "Suspended and resumed by the provider": "The bytes stop at once; only the provider may let them flow again.",
    "Suspended and resumed by the consumer": "The same from the other side.",
    "A pull is cut and resumed": "The rest is asked for under the same delivery id: one use.",
    "The provider pushes": "The consumer names an inbox of its own with the request; the use is judged and counted alike.",
    "A use too many": "The agreement allows three.",
    "A notice is missing": "The receiver fetches it by its number and then takes the later one.",
    "A stranger": "An outsider has a good DID and no membership.",
    "A peer that cannot sign": "The operator has excepted it: the contract carries one signature and says so.",
}
"""Every drawn flow, in the order of the file, and what it shows."""


def draw(world: World, title: str, *, requests: int | None = None) -> None:
    """Compare the diagram of what just happened with the file, or write it there.

    Args:
        world: where it happened.
        title: the flow, one of `FLOWS`.
        requests: how many requests to draw, where what follows is repeated for ever.
    """
    text = section(title, diagram(world.wire.exchanges, requests))
    held = FILE.read_text("utf-8") if FILE.exists() else HEAD
    if os.environ.get(WRITE):
        FILE.write_text(_with_section(held, title, text), "utf-8")
    else:
        assert text in held, f"docs/flows.md shows {title!r} otherwise than it ran; {WRITE}=1 writes it anew:\n{text}"


def section(title: str, picture: str) -> str:
    """One flow as it stands in the file."""
    return f"## {title}\n\n{FLOWS[title]}\n\n```mermaid\n{picture}```\n"


def sections(text: str) -> list[str]:
    """The titles in a text, in their order."""
    return [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]


def diagram(exchanges: Iterable[Exchange], requests: int | None = None) -> str:
    """Mermaid's sequence diagram."""
    shown = [exchange for exchange in exchanges if exchange.kind not in _HIDDEN][:requests]
    names = dict.fromkeys(name for exchange in shown for name in (exchange.sender, exchange.receiver))
    lines = ["sequenceDiagram", *(f"    participant {_LETTERS[name]} as {name}" for name in names)]
    for exchange in shown:
        lines += _arrows(exchange)
    return "\n".join(lines) + "\n"


def _arrows(exchange: Exchange) -> list[str]:
    there, back = _LETTERS[exchange.sender], _LETTERS[exchange.receiver]
    if exchange.status is None:
        return [f"    {there}-x{back}: {exchange.kind} ({exchange.fault})"]
    answered = _STATUS.get(exchange.status, str(exchange.status))
    asked = f"    {there}->>{back}: {exchange.kind}"
    if exchange.fault == "answer lost":
        return [asked, f"    {back}--x{there}: {answered} (lost)"]
    return [asked, f"    {back}-->>{there}: {answered}"]


def _with_section(held: str, title: str, text: str) -> str:
    kept = {part.split("\n", 1)[0]: "## " + part for part in held.split("\n## ")[1:]}
    kept = {name: part.rstrip("\n") + "\n" for name, part in kept.items()}
    kept[title] = text
    return "\n".join([HEAD, *(kept[name] for name in FLOWS if name in kept)])
