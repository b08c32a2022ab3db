"""`docs/flows.md` holds every drawn flow, in the order of `FLOWS`, and nothing else. The flows compare their diagrams."""

from tests.support.drawing import FILE, FLOWS, HEAD, diagram, section, sections
from tests.support.wire import Exchange


def test_the_file_holds_each_flow_once_in_order() -> None:
    assert sections(FILE.read_text("utf-8")) == list(FLOWS)


def test_the_file_begins_with_what_it_is() -> None:
    assert FILE.read_text("utf-8").startswith(HEAD)


def test_each_flow_stands_under_its_own_words() -> None:
    text = FILE.read_text("utf-8")
    for title in FLOWS:
        head, _, _ = section(title, "").partition("sequenceDiagram")
        assert head.split("```mermaid")[0] in text


def test_a_diagram() -> None:
    exchanges = [
        Exchange("consumer", "provider", "GET", "", "DID document", status=200),
        Exchange("consumer", "provider", "POST", "", "ContractRequestMessage", status=201, fault="answer lost"),
        Exchange("provider", "consumer", "POST", "", "ContractAgreementMessage", fault="lost"),
        Exchange("provider", "consumer", "POST", "", "ContractAgreementMessage", status=418),
    ]
    assert diagram(exchanges).splitlines() == [
        "sequenceDiagram",
        "    participant C as consumer",
        "    participant P as provider",
        "    C->>P: ContractRequestMessage",
        "    P--xC: 201 Created (lost)",
        "    P-xC: ContractAgreementMessage (lost)",
        "    P->>C: ContractAgreementMessage",
        "    C-->>P: 418",
    ]
    assert diagram(exchanges, 1).endswith("201 Created (lost)\n")
