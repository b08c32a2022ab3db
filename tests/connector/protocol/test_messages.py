import dataclasses

import pytest

from connector.ids import is_iri
from connector.protocol.bindings import BINDINGS
from connector.protocol.messages import (
    MESSAGES,
    CatalogRequestMessage,
    ContractNegotiationEventMessage,
    Kind,
    Message,
    TransferCompletionMessage,
)


@pytest.mark.parametrize("kind", MESSAGES.values(), ids=list(MESSAGES))
def test_a_message_describes_all_its_properties(kind: type[Message]) -> None:
    attributes = {f.name: f for f in dataclasses.fields(kind) if f.name not in ("id", "extra")}
    assert {field.attribute for field in kind.FIELDS} == set(attributes)
    for field in kind.FIELDS:
        optional = attributes[field.attribute].default is None
        assert optional is not field.required, f"{field.name} is needed to write the message or to read it, not both"
        assert field.attribute == "".join(f"_{c.lower()}" if c.isupper() else c for c in field.name)
        assert isinstance(field.kind, Kind)


@pytest.mark.parametrize("kind", MESSAGES.values(), ids=list(MESSAGES))
def test_the_class_has_the_name_of_its_type(kind: type[Message]) -> None:
    assert kind.__name__ == kind.TYPE
    assert MESSAGES[kind.TYPE] is kind


def test_every_message_has_a_way_to_go() -> None:
    assert {binding.message for binding in BINDINGS} == set(MESSAGES.values())


def test_ours_always_have_a_fresh_id() -> None:
    first, second = CatalogRequestMessage(), CatalogRequestMessage()
    assert first.id is not None
    assert is_iri(first.id)
    assert first.id != second.id


def test_a_message_cannot_be_changed() -> None:
    message = TransferCompletionMessage(provider_pid="urn:p", consumer_pid="urn:c")
    with pytest.raises(dataclasses.FrozenInstanceError):
        message.provider_pid = "urn:other"  # type: ignore[misc]


def test_the_event_is_the_type() -> None:
    message = TransferCompletionMessage(provider_pid="urn:p", consumer_pid="urn:c")
    assert message.event == "TransferCompletionMessage"


@pytest.mark.parametrize("event_type", ["ACCEPTED", "FINALIZED"])
def test_an_event_message_has_its_event_type_in_the_event(event_type: str) -> None:
    message = ContractNegotiationEventMessage(provider_pid="urn:p", consumer_pid="urn:c", event_type=event_type)
    assert message.event == f"ContractNegotiationEventMessage:{event_type.lower()}"
