import pytest

from connector.protocol.bindings import BINDINGS, Protocol, path_for
from connector.protocol.machine import Role
from connector.protocol.messages import CatalogRequestMessage, Message
from tests.connector.protocol.conversation import message_for


def message_of(kind: type[Message]) -> Message:
    if kind is CatalogRequestMessage:
        return CatalogRequestMessage()
    event = kind.TYPE + (":accepted" if kind.TYPE.endswith("EventMessage") else "")
    message: Message = message_for(event, Role.CONSUMER)
    return message


@pytest.mark.parametrize("binding", BINDINGS, ids=lambda b: b.path)
def test_each_message_finds_its_path(binding: object) -> None:
    assert isinstance(binding, type(BINDINGS[0]))
    message = message_of(binding.message)
    if "{pid}" in binding.path:
        assert path_for(message, "urn:uuid:1") == binding.path.replace("{pid}", "urn:uuid:1")
    else:
        assert path_for(message, None) == binding.path


def test_a_foreign_pid_cannot_leave_its_place_in_the_path() -> None:
    message = message_of(next(b.message for b in BINDINGS if b.path.endswith("/termination")))
    assert path_for(message, "../../a?b#c /d") == "/negotiations/..%2F..%2Fa%3Fb%23c%20%2Fd/termination"


def test_what_cannot_begin_has_no_path_without_a_pid() -> None:
    beginners = {binding.message for binding in BINDINGS if "{pid}" not in binding.path}
    for binding in BINDINGS:
        if binding.message not in beginners:
            with pytest.raises(KeyError):
                path_for(message_of(binding.message), None)


def test_only_what_begins_creates() -> None:
    for binding in BINDINGS:
        if binding.protocol is not Protocol.CATALOG:
            assert binding.begins == ("{pid}" not in binding.path)
            assert binding.receiver is not None or not binding.begins


def test_the_error_types_are_the_standards() -> None:
    assert [protocol.value for protocol in Protocol] == ["CatalogError", "ContractNegotiationError", "TransferError"]
