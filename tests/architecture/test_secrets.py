"""Secrets are compared in constant time: `==` stops at the first difference, and who may measure learns where it is."""

import ast
import re
from collections.abc import Iterator
from typing import Final

import pytest

from tests.architecture.house import sources, tree

SECRET: Final = re.compile(
    r"(?:^|_)(?:secret|token|passphrase|password|mac|hmac|bearer|authorization)(?:$|_)", re.IGNORECASE
)
OPERATORS: Final = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)


def word(node: ast.AST) -> str:
    """What a value is called."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return word(node.func) if isinstance(node, ast.Call) else ""


def compared(module: ast.Module) -> Iterator[str]:
    """The comparisons whose value is called a secret. Names of sets of names (`in _SECRET`) are none."""
    for node in ast.walk(module):
        if isinstance(node, ast.Compare) and any(isinstance(operator, OPERATORS) for operator in node.ops):
            sides = [node.left, *node.comparators]
            parts = [part for side in sides for part in (side.elts if isinstance(side, ast.Tuple) else [side])]
            if any(SECRET.search(word(part)) and not word(part).isupper() for part in parts):
                yield ast.unparse(node)


def test_no_secret_is_compared_with_an_operator() -> None:
    assert {f"{path}: {found}" for path in sources("connector") for found in compared(tree(path))} == set()


@pytest.mark.parametrize(
    "code",
    ["a.token == b", "x != self._secret", 'given["access_token"] == y', "(token, a) == (b, c)", "t in bearer_tokens()"],
)
def test_the_guard_sees_a_breach(code: str) -> None:
    assert list(compared(ast.parse(code)))


def test_secrets_are_compared_at_all() -> None:
    assert sum("compare_digest" in ast.unparse(tree(path)) for path in sources("connector")) >= 4
