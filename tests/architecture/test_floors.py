"""The floors, by the tool that guards them; and what the tool does not see."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.architecture.house import BUILDINGS, ROOT, called, name_of, sources

HOMELESS = {"utils", "util", "common", "helpers", "helper", "core", "misc", "shared_code", "lib"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now", "time.time"}


def test_the_floors_are_clean() -> None:
    # In a process of its own: it configures logging for the whole process that it runs in.
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " kept, 0 broken" in done.stdout


def test_no_room_for_what_is_not_understood() -> None:
    rooms = [part for path in sources(*BUILDINGS, "tests") for part in path.relative_to(ROOT).with_suffix("").parts]
    assert not HOMELESS & set(rooms)


def test_the_time_is_an_argument() -> None:
    asked = [f"{name_of(path)}:{line}: {name}" for path in sources() for line, name in called(path) if name in CLOCKS]
    assert [place.split(":")[0] for place in asked] == ["connector/clock.py"], asked


def test_every_folder_of_sources_is_a_package() -> None:
    for path in sources(*BUILDINGS, "tests"):
        assert (path.parent / "__init__.py").exists(), f"{name_of(path)} cannot be imported by its full name"


def test_nothing_knows_this_machine() -> None:
    """No path of where it was written: it is somebody else's house."""
    here = {ROOT, ROOT.parent, Path.home()} - {Path(ROOT.anchor)}
    path_of_ours = re.compile("|".join(rf"(?<![\w./-]){re.escape(str(place) + os.sep)}" for place in here))
    texts = [*sources(*BUILDINGS, "tests"), *ROOT.glob("*.*"), ROOT / "Makefile", *(ROOT / "docs").rglob("*.*")]
    for path in texts:
        if path.is_file():
            found = path_of_ours.findall(path.read_text("utf-8", "replace"))
            assert found == [], name_of(path)
