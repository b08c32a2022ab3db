"""Every word of ours that the code uses stands in the vocabulary that we publish."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from connector.services.vocabulary import terms
from policies.vocabulary import MMD
from tests.architecture.house import name_of, sources, tree

NO_TERMS: Final = {"", "context.jsonld", "purpose/"}
"""Addresses under the vocabulary that are no terms: itself, its context, the beginning of all purposes."""
MADE_OF_DATA: Final = {
    "catalog/shapes.py",  # any key of ours, shown by its short name
    "connector/services/facts/parties.py",  # country and affiliateOf of a membership
    "connector/trust/credentials.py",  # claims of a membership, from the tuples beside it
    "connector/trust/membership_claims.py",  # whatever an authority says of a member
    "policies/clauses/terms.py",
    "policies/vocabulary.py",  # actions and purposes, from the lists beside it
}
"""Files in which a term is put together from a variable."""


def literal_terms(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of each term that is written out: `MMD + "name"`, or the whole IRI."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(MMD):
            yield node.lineno, node.value.removeprefix(MMD)
        if _adds_to_ours(node) and isinstance(node.right, ast.Constant):  # type: ignore[attr-defined]
            yield node.lineno, str(node.right.value)  # type: ignore[attr-defined]


def _adds_to_ours(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and ast.unparse(node.left).split(".")[-1] == "MMD"
    )


def test_every_term_in_the_code_is_published() -> None:
    known = {term.name for term in terms()}
    for path in sources():
        for line, name in literal_terms(path):
            assert name in known | NO_TERMS, f"{name_of(path)}:{line} uses {name!r}, which the vocabulary does not have"


def test_where_terms_are_made_of_data_is_known() -> None:
    found = {
        name_of(path)
        for path in sources()
        for node in ast.walk(tree(path))
        if _adds_to_ours(node) and not isinstance(node.right, ast.Constant)  # type: ignore[attr-defined]
    }
    assert found <= MADE_OF_DATA
