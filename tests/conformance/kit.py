"""Official kits: their released artifacts, resolved by Maven, and one run over their public interface."""

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

Artifact: TypeAlias = tuple[str, str, str]
"""Group, name, version."""
_RUN: Final = Path(__file__).with_name("Run.java")
_OKHTTP: Final = ("com.squareup.okhttp3", "okhttp-jvm")
"""`okhttp` itself is an empty archive to Maven; without this one no case is found."""
_NEEDED: Final = "The official kits need a Java development kit, 17 or newer, and Maven (java and mvn on the PATH)"
_OLDEST_JAVA: Final = 17


class KitError(Exception):
    """The kit cannot be run; the sentence says what is missing."""


@dataclass(frozen=True)
class Result:
    """What a kit says: cases found, run, passed, and what failed with its reason."""

    found: int
    run: int
    passed: int
    failures: tuple[tuple[str, str], ...]


def with_okhttp(artifacts: Sequence[tuple[str, str]], version: str) -> list[Artifact]:
    """These artifacts in this version, and the client that they all need."""
    return [
        *((group, name, version) for group, name in artifacts),
        (*_OKHTTP, "5.3.0" if "-RC" in version else "5.4.0"),
    ]


def pom(artifacts: Sequence[Artifact]) -> str:
    """A Maven project that needs the kit and nothing else; which registry serves it, Maven's own settings say."""
    dependencies = "\n".join(
        f"    <dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{number}</version></dependency>"
        for group, name, number in artifacts
    )
    return f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>conformance</groupId>
  <artifactId>kit</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
{dependencies}
  </dependencies>
</project>
"""


def resolve(home: Path, name: str, artifacts: Sequence[Artifact]) -> Path:
    """The folder with a kit's archives, resolved once for each version.

    Args:
        home: a folder for this kit in this version.
        name: what the kit and its version are called, for people.
        artifacts: what Maven has to resolve.

    Raises:
        KitError: Java or Maven is missing, or Maven cannot get the kit.
    """
    check_java()
    library, ready = home / "lib", home / "ready"
    if ready.exists():
        return library
    maven = shutil.which("mvn")
    if maven is None:
        raise KitError(f"{_NEEDED}; Maven is not there.")
    home.mkdir(parents=True, exist_ok=True)
    (home / "pom.xml").write_text(pom(artifacts), "utf-8")
    print(f"Maven resolves the kit {name} ...", flush=True)
    order = [
        "-B",
        "-q",
        "-Dstyle.color=never",
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
        "-DoutputDirectory=lib",
    ]
    done = subprocess.run([maven, *order], cwd=home, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[:4])
        raise KitError(f"Maven cannot get the kit {name}; the registry that it uses may not serve it:\n{last}")
    ready.touch()
    return library


def check_java() -> None:
    """Whether there is a Java that can run the kit.

    Raises:
        KitError: none, one that is too old, or one without its compiler.
    """
    java = shutil.which("java")
    if java is None:
        raise KitError(f"{_NEEDED}; Java is not there.")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', said.stderr + said.stdout)
    if found is None or int(found[1]) < _OLDEST_JAVA:
        raise KitError(f"{_NEEDED}; this Java is {found[1] if found else 'unknown'}.")
    modules = subprocess.run([java, "--list-modules"], capture_output=True, text=True, check=False)
    if "jdk.compiler" not in modules.stdout:
        raise KitError(f"{_NEEDED}; this Java is a runtime without the compiler.")


async def execute(
    library: Path,
    folder: Path,
    properties: Mapping[str, str],
    packages: Sequence[str],
    *,
    ended: Callable[[int], None] = lambda _: None,
) -> Result:
    """Run a kit; everything that it prints is kept in `kit.log`.

    Args:
        library: its archives.
        folder: where its settings and its log go.
        properties: its settings.
        packages: which of its cases.
        ended: told how many cases have ended.

    Raises:
        KitError: it ended without saying what came of it.
    """
    config = folder / "kit.properties"
    config.write_text("".join(f"{name}={value}\n" for name, value in properties.items()), "utf-8")
    kit = await asyncio.create_subprocess_exec(
        str(shutil.which("java")),
        *("-cp", f"{library / '*'}", str(_RUN), str(config), *packages),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert kit.stdout is not None
    failures: list[tuple[str, str]] = []
    counts: list[int] = []
    with (folder / "kit.log").open("wb") as log:
        count = 0
        async for line in kit.stdout:
            log.write(line)
            text = line.decode("utf-8", "replace").rstrip()
            if text.startswith("RESULT failure\t"):
                failures.append((text.split("\t")[1], text.split("\t", 2)[2].strip()))
            elif text.startswith("RESULT counts\t"):
                counts = [int(part) for part in text.split("\t")[1:]]
            elif re.search(r"\b(SUCCESSFUL|PASSED|FAILED)\b", text):
                count += 1
                ended(count)
    await kit.wait()
    if not counts:
        raise KitError(f"the kit ended without a result; {folder / 'kit.log'} says more.")
    return Result(counts[0], counts[1], counts[2], tuple(failures))


def show_progress(ended: int, of: int) -> None:
    """How far it is, on a terminal."""
    if sys.stdout.isatty():
        print(f"\r  {ended} of {of}", end="\r", flush=True)
