"""Every verb explains itself in both languages; what documents tell people to type exists."""

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import connector.cli
from connector.cli.root import VERBS
from connector.settings import Settings
from connector.texts import LANGUAGES, texts
from tests.architecture.house import ROOT, code_in, documents, name_of, tree

VARIABLES = {"MMD_DIR", "MMD_URL", "MMD_TOKEN", "MMD_LANG", "MMD_DEBUG", "MMD_WRITE_DOCS", "MMD_BACKUP_PASSPHRASE"}
"""What the command line and the tests read from the environment besides the settings."""


def parts(verb: str) -> Iterator[tuple[str, object]]:
    """The key of the help text of a verb, or of each of its parts, and the function behind it."""
    module = importlib.import_module(f"connector.cli.{verb.replace('-', '_')}")
    yield from [(f"{verb}_{name}", part) for name, part in getattr(module, "VERBS", {}).items()] or [
        (verb, module.command)
    ]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_in_both_languages(verb: str) -> None:
    keys = {f"cli.help.{verb}", *(f"cli.help.{key}" for key, _ in parts(verb))}
    for _, function in parts(verb):
        assert callable(function)
        for parameter in inspect.signature(function).parameters.values():
            keys |= {item.help for item in getattr(parameter.annotation, "__metadata__", ()) if item.help}
    for lang in LANGUAGES:
        assert not keys - texts(lang).keys()
    assert all(texts("en")[key] != texts("ko")[key] for key in keys)


def test_no_verb_is_hidden() -> None:
    folder = Path(connector.cli.__file__).parent
    with_command = [
        path.stem.replace("_", "-")
        for path in folder.glob("*.py")
        if any(getattr(node, "name", "") == "command" for node in tree(path).body)
        or any(
            getattr(target, "id", "") == "VERBS" for node in tree(path).body for target in getattr(node, "targets", ())
        )
    ]
    assert set(with_command) == set(VERBS)


def targets() -> dict[str, str]:
    """What one can ask `make` for, and what it says about itself."""
    return dict(re.findall(r"^([a-z-]+):(.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_every_target_of_make_explains_itself() -> None:
    wanted = {"help", "demo", "test", "lint", "run", "bench"}
    assert wanted <= targets().keys()
    assert all("## " in rest for rest in targets().values())
    phony = re.search(r"^\.PHONY:(.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == targets().keys()


def test_ci_uses_the_words_that_people_use() -> None:
    script = (ROOT / ".ci/run").read_text("utf-8")
    assert re.findall(r"^make (\w+)", script, re.MULTILINE) == ["lint", "test"]


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_what_documents_tell_people_to_type_exists(document: Path) -> None:
    for line in code_in(document):
        for target in re.findall(r"(?:^|[\s;&$])make ([a-z][a-z-]*)", line):
            assert target in targets(), f"{name_of(document)}: make {target}"
        for verb, rest in re.findall(r"(?:^|[\s;&$(/])mmd ((?!mmd)[a-z][a-z-]*)((?: [a-z]+)?)", line):
            assert verb in VERBS, f"{name_of(document)}: mmd {verb}"
            module = importlib.import_module(f"connector.cli.{verb.replace('-', '_')}")
            if hasattr(module, "VERBS") and rest:
                assert rest.strip() in module.VERBS, f"{name_of(document)}: mmd {verb}{rest}"
        for variable in re.findall(r"\bMMD_[A-Z_]+\b", line):
            known = variable in VARIABLES or variable.removeprefix("MMD_").lower() in Settings.model_fields
            assert known, f"{name_of(document)}: {variable}"


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_files_that_documents_point_to_exist(document: Path) -> None:
    text = re.sub(r"^```.*?^```", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s#]+)[^)]*\)", text):
        if not re.match(r"[a-z]+:", target):
            assert (document.parent / target).exists(), f"{name_of(document)} points to {target}"
