"""No message is sent from inside a transaction, and no peer awaited in one: units of work neither wait nor start work."""

import ast
from collections.abc import Iterator
from typing import Final

import pytest

from tests.architecture.house import name_of, sources, tree

UNITS: Final = {"UnitOfWork", "SqlUnitOfWork"}
STARTS: Final = {"create_task", "ensure_future", "call_later", "call_soon", "run_in_executor", "to_thread", "gather"}
"""What would go on when the transaction has been undone."""
LINES: Final = {"_network", "_dataplane", "_client", "_session"}
"""By these names services hold ways to others."""
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def in_a_unit(module: ast.Module) -> Iterator[Function]:
    """The functions of a module that run in a unit of work: they are given one."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if any(ast.unparse(a.annotation) in UNITS for a in node.args.args if a.annotation is not None):
                yield node
        elif isinstance(node, ast.Lambda) and any(a.arg == "unit" for a in node.args.args):
            yield node


def own(function: Function) -> Iterator[ast.AST]:
    """What runs with it, without what it leaves for after the commit."""
    waiting: list[ast.AST] = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "after_commit":
            continue
        yield node
        waiting += ast.iter_child_nodes(node)


PLACES = [path for path in sources("connector") if next(in_a_unit(tree(path)), None) is not None]


@pytest.mark.parametrize("path", PLACES, ids=name_of)
def test_units_of_work_wait_for_nobody_and_send_nothing(path: object) -> None:
    for function in in_a_unit(tree(path)):
        where = f"{name_of(path)}:{function.lineno}"  # type: ignore[arg-type]
        assert not isinstance(function, ast.AsyncFunctionDef), f"{where} could wait in a transaction"
        for node in own(function):
            assert not isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith), f"{where} waits in a transaction"
            if isinstance(node, ast.Attribute):
                assert node.attr not in STARTS | LINES, f"{where} reaches for {node.attr} in a transaction"


def test_units_of_work_are_found_at_all() -> None:
    assert len(PLACES) > 15
    assert sum(1 for path in PLACES for _ in in_a_unit(tree(path))) > 100


@pytest.mark.parametrize(
    "code",
    [
        "async def f(unit: UnitOfWork): pass",
        "def f(self, unit: UnitOfWork): asyncio.create_task(g())",
        "def f(self, unit: UnitOfWork): self._network.post(1)",
        "store.write(lambda unit: self._network)",
    ],
)
def test_the_guard_sees_a_breach(code: str) -> None:
    (function,) = in_a_unit(ast.parse(code))
    reached = {node.attr for node in own(function) if isinstance(node, ast.Attribute)}
    assert isinstance(function, ast.AsyncFunctionDef) or reached & (STARTS | LINES)
