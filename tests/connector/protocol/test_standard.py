"""Our tables against the standard's own text: the state diagrams and the path tables of the HTTPS bindings."""

import re
from collections.abc import Iterator
from pathlib import Path

from connector.protocol import negotiation, transfer
from connector.protocol.bindings import BINDINGS, DATASET_PATH, NEGOTIATION_PATH, TRANSFER_PATH
from connector.protocol.machine import Event, Role, State, Table
from connector.protocol.messages import MESSAGES
from connector.protocol.versions import SPECIFICATION_VERSION, V2025_1
from tests.support.shared import SHARED, needs_shared

pytestmark = needs_shared
ROOT = (SHARED or Path()) / "spec/dsp" / SPECIFICATION_VERSION
TEXT = ROOT / "specifications"
ROLES = {"C": Role.CONSUMER, "P": Role.PROVIDER}
Transitions = set[tuple[str | None, Role, Event, str]]


def diagram(path: Path) -> Transitions:
    """The transitions that a state diagram in PlantUML draws; a state is entered by the message named beside it."""
    text = path.read_text("utf-8")
    entered_by = dict(re.findall(r"^state (\w+)[^\n]*?>(\w+(?::\w+)?)\s*$", text, re.MULTILINE))
    drawn: Transitions = set()
    for source, target, senders in re.findall(r"^(\[\*\]|\w+)\s*-+>\s*(\w+):\s*([CP/]+)\s*$", text, re.MULTILINE):
        for sender in senders.split("/"):
            drawn.add((None if source == "[*]" else source, ROLES[sender], entered_by[target], target))
    return drawn


def final_states(path: Path) -> set[str]:
    return set(re.findall(r"^(\w+)\s*-+>\s*\[\*\]", path.read_text("utf-8"), re.MULTILINE))


def flat(table: Table[State]) -> Transitions:
    return {
        (None if state is None else state.value, sender, event, reached.value)
        for state, row in table.items()
        for (sender, event), reached in row.items()
    }


def test_the_negotiation_is_the_diagram() -> None:
    path = TEXT / "negotiation/figures/contract.negotiation.state.machine.puml"
    drawn = diagram(path)
    assert len(drawn) == 16
    assert flat(negotiation.NEGOTIATION) == drawn
    assert {state.value for state in negotiation.TERMINAL} == final_states(path)
    assert {state.value for state in negotiation.NegotiationState} == {target for *_, target in drawn}


def test_the_transfer_is_the_diagram() -> None:
    path = TEXT / "transfer/figures/transfer-process-state-machine.puml"
    drawn = diagram(path)
    assert len(drawn) == 14
    assert flat(transfer.TRANSFER) == drawn
    assert {state.value for state in transfer.TERMINAL} == final_states(path)
    assert {state.value for state in transfer.TransferState} == {target for *_, target in drawn}


def test_what_we_take_is_the_diagram_and_the_named_widening() -> None:
    assert flat(negotiation.ACCEPTING) == flat(negotiation.NEGOTIATION) | flat(negotiation.WIDENED)
    assert not flat(negotiation.WIDENED) & flat(negotiation.NEGOTIATION), "what the diagram has is no widening"
    assert flat(transfer.ACCEPTING) == flat(transfer.TRANSFER) | flat(transfer.WIDENED)
    assert not flat(transfer.WIDENED) & flat(transfer.TRANSFER)
    # The prose: a termination may be sent at any state (that is not final), by either side.
    ends = {(s.value, role) for s in negotiation.NegotiationState if s not in negotiation.TERMINAL for role in Role}
    taken = {(s, role) for s, role, event, _ in flat(negotiation.ACCEPTING) if event == negotiation.TERMINATION}
    assert taken == ends


def paths_of(file: str) -> Iterator[tuple[str, str, Role]]:
    """Method, path and receiver of each endpoint of a binding: its tables, provider's first, consumer's second."""
    receiver = Role.PROVIDER
    for line in (TEXT / file).read_text("utf-8").splitlines():
        if line.startswith("## Consumer"):
            receiver = Role.CONSUMER
        found = re.search(r"^\|.*`(GET|POST)`\s*\|\s*`([^`]+)`", line)
        if found:
            path = re.sub(r":(providerPid|consumerPid)", "{pid}", found[2].removeprefix("/:callback"))
            yield found[1], path, receiver


def ours(prefix: str) -> set[tuple[str, str, Role]]:
    return {
        ("POST", binding.path, role)
        for binding in BINDINGS
        if binding.path.startswith(prefix)
        for role in Role
        if binding.receiver in (role, None)
    }


def test_negotiation_paths_are_those_of_the_binding() -> None:
    told = set(paths_of("negotiation/contract.negotiation.binding.https.md"))
    assert len(told) == 12
    read = {("GET", NEGOTIATION_PATH, role) for role in Role}
    assert ours("/negotiations") | read == told


def test_transfer_paths_are_those_of_the_binding() -> None:
    told = set(paths_of("transfer/transfer.process.binding.https.md"))
    assert len(told) == 10
    # The consumer's GET is not in the table of the binding; both test kits call it.
    assert ours("/transfers") | {("GET", TRANSFER_PATH, Role.PROVIDER)} == told


def test_catalog_paths_are_those_of_the_binding() -> None:
    text = (TEXT / "catalog/catalog.binding.https.md").read_text("utf-8")
    told = set(re.findall(r"^\| https://provider\.com(\S+)\s*\| `(GET|POST)`", text, re.MULTILINE))
    assert told == {("/catalog/request", "POST"), (DATASET_PATH.replace("{id}", ":id"), "GET")}
    assert ours("/catalog") == {("POST", "/catalog/request", Role.PROVIDER)}


def test_each_path_takes_the_message_that_the_binding_posts_there() -> None:
    shown = set()
    for file in ("negotiation/contract.negotiation.binding.https.md", "transfer/transfer.process.binding.https.md"):
        for section in (TEXT / file).read_text("utf-8").split("\n### ")[1:]:
            posted = re.search(r">POST https://\w+\.com(?:/:callback)?(/\S+)", section)
            named = re.search(r"POST(?:s|ing)?\s+an?(?:\s+initiating)?\s+\[([\w ]+ Message)\]", section)
            if posted and named:
                path = re.sub(r":(providerPid|consumerPid)", "{pid}", posted[1])
                shown.add((path, named[1].replace(" ", "")))
    assert shown == {(b.path, b.message.TYPE) for b in BINDINGS if not b.path.startswith("/catalog")}


def test_every_message_with_a_schema_is_known() -> None:
    """A DatasetRequestMessage has no body over HTTP: it is the path of the GET."""
    schemas = (ROOT / "artifacts/src/main/resources").rglob("*-message-schema.json")
    named = {re.sub(r"-schema$", "", path.stem) for path in schemas} - {"dataset-request-message"}
    assert {re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower() for name in MESSAGES} == named


def test_our_version_is_in_the_standards_context() -> None:
    assert V2025_1.version == SPECIFICATION_VERSION.removesuffix("-err1")
    schema = (ROOT / "artifacts/src/main/resources/common/context-schema.json").read_text("utf-8")
    assert V2025_1.context in schema
