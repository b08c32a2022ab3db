"""Who did what stands in the log too: acts are written in one place, which sees to it."""

import ast

from tests.architecture.house import sources, tree

_PLACE = "connector/services/acts.py"


def _adds_acts(node: ast.AST) -> bool:
    """`….acts.add(…)`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add"):
        return False
    return isinstance(node.func.value, ast.Attribute) and node.func.value.attr == "acts"


def test_acts_are_noted_in_one_place() -> None:
    found = [str(path) for path in sources("connector") for node in ast.walk(tree(path)) if _adds_acts(node)]
    assert [path for path in found if not path.endswith(_PLACE)] == [], "call services.acts.note instead"
    assert len(found) == 1


def test_the_guard_sees_a_breach() -> None:
    assert _adds_acts(ast.parse("unit.acts.add(done)", mode="eval").body)
    assert not _adds_acts(ast.parse("unit.contracts.add(done)", mode="eval").body)
