"""Every error that may reach the door has its status there; the others are named, and caught inside."""

import ast
import importlib
import inspect
import pkgutil
from typing import Final

import pytest

import connector.ports.store
import connector.protocol
import connector.services
import connector.wire
from connector.ports.network import FlowBroken, FlowRefused
from connector.protocol.notices import NoticeError
from connector.services.cosigning import NotCosigned
from connector.services.deliveries.pulling import Suspended
from connector.services.errors import ServiceError
from connector.web.problems import STATUS, status_of
from tests.architecture.house import called, sources, tree

ROOMS: Final = (connector.services, connector.wire, connector.protocol, connector.ports)
INSIDE: Final[dict[type[Exception], str]] = {
    NoticeError: "services.notices answers BadRequest or Conflict with its sentence",
    NotCosigned: "services.cosigning asks the witness again, and logs it",
    FlowRefused: "services.deliveries writes it into the delivery",
    FlowBroken: "services.deliveries tries again, and writes it into the delivery",
    Suspended: "services.deliveries notes it, and waits until the transfer is started again",
}
"""Errors that never reach the door, and who stops them."""


def errors() -> list[type[Exception]]:
    found = []
    for room in ROOMS:
        for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
            for name, kind in vars(importlib.import_module(module.name)).items():
                own = inspect.isclass(kind) and issubclass(kind, Exception) and kind.__module__ == module.name
                if own and not name.startswith("_"):
                    found.append(kind)
    return found


def caught_in_services() -> set[str]:
    handlers = [
        node.type
        for path in sources("connector/services")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
    ]
    names = [node for handler in handlers if handler is not None for node in ast.walk(handler)]
    return {node.id for node in names if isinstance(node, ast.Name)}


@pytest.mark.parametrize(
    "kind", [kind for kind in errors() if kind is not ServiceError], ids=lambda kind: kind.__name__
)
def test_every_error_is_translated(kind: type[Exception]) -> None:
    inside = [stopped for stopped in INSIDE if issubclass(kind, stopped)]
    known = [base for base in kind.__mro__ if base in STATUS]
    assert len(inside) + bool(known) == 1, f"{kind.__name__} needs a status in web.problems, or a reason here"
    if known:
        assert 400 <= STATUS[known[0]][0] < 600
        assert STATUS[known[0]][1]
    else:
        assert inside[0].__name__ in caught_in_services()


def test_errors_are_found_at_all() -> None:
    assert len(errors()) > 15


def test_the_base_of_services_is_never_raised_itself() -> None:
    """It has no status: it says nothing about whose fault it was."""
    raised = [name for path in sources("connector/services", "connector/web") for _, name in called(path)]
    assert "ServiceError" not in [name.rpartition(".")[2] for name in raised]


def test_what_nobody_expected_is_our_fault_and_says_nothing() -> None:
    assert status_of(KeyError("a secret")) == (500, "something went wrong here")
