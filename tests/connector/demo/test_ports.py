import socket

import pytest

from connector.demo import ports
from connector.demo.errors import DemoError
from connector.demo.ports import BLOCK, Ports, is_free


def test_two_demos_at_once_have_no_port_in_common() -> None:
    first, second = Ports(), Ports()
    try:
        one, other = ({block.take() for _ in range(BLOCK - 1)} for block in (first, second))
        assert len(one) == len(other) == BLOCK - 1
        assert not one & other
    finally:
        first.close()
        second.close()


def test_a_block_with_a_port_in_use_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    free = Ports()
    start = free.take() - 1
    free.close()
    monkeypatch.setattr(ports, "_FIRST", start)
    monkeypatch.setattr(ports, "_END", start + BLOCK + 1)
    with socket.socket() as user:
        user.bind(("127.0.0.1", start + 5))
        assert not is_free(start + 5)
        with pytest.raises(DemoError, match="are free"):
            Ports()
    again = Ports()
    assert again.take() == start + 1
    again.close()
