"""The house as files: its rooms, their sources, its documents."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
BUILDINGS: Final = ("policies", "catalog", "connector")


def sources(*where: str) -> list[Path]:
    """The Python files of these folders, of all three buildings without an argument."""
    return sorted(path for folder in where or BUILDINGS for path in (ROOT / folder).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def called(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that is called in a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def documents() -> list[Path]:
    """What people read about the project."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def code_in(document: Path) -> list[str]:
    """Everything in a document that is written as code: the lines of blocks, and what stands between backticks."""
    text = document.read_text("utf-8")
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return [line for block in blocks for line in block.splitlines()] + spans
