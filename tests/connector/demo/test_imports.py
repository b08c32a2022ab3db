"""The demo drives from outside: of ours it knows the client and the texts, and nothing else."""

import ast
from pathlib import Path

import connector.demo

ROOM = Path(connector.demo.__file__).parent
OURS = ("connector", "policies", "catalog")
ALLOWED = ("connector.client", "connector.texts", "connector.demo")


def imported(source: str) -> set[str]:
    """Every module that a source names in an import, wherever it stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written out"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def foreign(source: str) -> set[str]:
    ours = {name for name in imported(source) if name.split(".")[0] in OURS}
    return {name for name in ours if not any(name == room or name.startswith(f"{room}.") for room in ALLOWED)}


def test_it_imports_nothing_of_ours_but_client_and_texts() -> None:
    sources = sorted(ROOM.glob("**/*.py"))
    assert len(sources) > 10
    assert {source.name: foreign(source.read_text("utf-8")) for source in sources} == {s.name: set() for s in sources}


def test_it_imports_nothing_by_name_at_run_time() -> None:
    text = "".join(source.read_text("utf-8") for source in ROOM.glob("**/*.py"))
    assert "importlib" not in text
    assert "__import__" not in text


def test_this_test_would_see_it() -> None:
    assert foreign("from connector.trust import keys") == {"connector.trust.keys"}
    assert foreign("def f() -> None:\n    import policies.parse\n") == {"policies.parse"}
    assert foreign("from connector import app") == {"connector.app"}
