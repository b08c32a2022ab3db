"""The official kit of the Dataspace Protocol: its released artifacts, resolved by Maven, and one run of it."""

import asyncio
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector.protocol.versions import V2025_1
from tests.conformance.dsp.scripts import properties
from tests.conformance.dsp.stage import NEGOTIATE, TRANSFER

DSP_TCK_VERSION = "1.0.0-RC6"
CASES: Final = 65
"""How many cases have to run and to pass; two more are switched off in the kit itself."""

_GROUP: Final = "org.eclipse.dataspacetck.dsp"
_RELEASED: Final = ((_GROUP, "dsp-tck"),)
_CANDIDATE: Final = tuple(
    (_GROUP, name)
    for name in (
        "core",
        "tck-runtime",
        "dsp-system",
        "dsp-metadata",
        "dsp-catalog",
        "dsp-contract-negotiation",
        "dsp-transfer-process",
    )
)
"""The candidates of 1.0.0 have no artifact that brings the others."""
_OKHTTP: Final = ("com.squareup.okhttp3", "okhttp-jvm")
"""`okhttp` itself is an empty archive to Maven; without this one no case is found."""
_PACKAGE: Final = "org.eclipse.dataspacetck.dsp.verification"
_LAUNCHER: Final = "org.eclipse.dataspacetck.dsp.system.DspSystemLauncher"
_RUN: Final = Path(__file__).with_name("Run.java")
_NEEDED: Final = "make conformance needs a Java development kit, 17 or newer, and Maven (java and mvn on the PATH)"
_WAIT: Final = 10
"""Seconds in which the kit expects what it waits for."""
_OLDEST_JAVA: Final = 17


class KitError(Exception):
    """The kit cannot be run; the sentence says what is missing."""


@dataclass(frozen=True)
class Outcome:
    """What the kit says: cases found, run, passed, and what failed with its reason."""

    found: int
    run: int
    passed: int
    failures: tuple[tuple[str, str], ...]

    @property
    def good(self) -> bool:
        """Everything passed, and nothing was left out."""
        return self.passed >= CASES and self.run >= CASES and not self.failures


def artifacts(version: str) -> list[tuple[str, str, str]]:
    """Group, name and version of what Maven has to resolve."""
    candidate = "-RC" in version
    names = _CANDIDATE if candidate else _RELEASED
    return [*((group, name, version) for group, name in names), (*_OKHTTP, "5.3.0" if candidate else "5.4.0")]


def pom(version: str) -> str:
    """A Maven project that needs the kit and nothing else; which registry serves it, Maven's own settings say."""
    dependencies = "\n".join(
        f"    <dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{number}</version></dependency>"
        for group, name, number in artifacts(version)
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


def resolve(folder: Path) -> Path:
    """The folder with the kit's archives, resolved once for each version.

    Raises:
        KitError: Java or Maven is missing, or Maven cannot get the kit.
    """
    check_java()
    home = folder / f"dsp-tck-{DSP_TCK_VERSION}"
    library, ready = home / "lib", home / "ready"
    if ready.exists():
        return library
    maven = shutil.which("mvn")
    if maven is None:
        raise KitError(f"{_NEEDED}; Maven is not there.")
    home.mkdir(parents=True, exist_ok=True)
    (home / "pom.xml").write_text(pom(DSP_TCK_VERSION), "utf-8")
    print(f"Maven resolves the kit {DSP_TCK_VERSION} ...", flush=True)
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
        raise KitError(
            f"Maven cannot get the kit {DSP_TCK_VERSION}; the registry that it uses may not serve it:\n{last}"
        )
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


def settings(url: str, did: str, port: int) -> dict[str, str]:
    """The kit's properties: where the connector is, where the kit listens, which ids it uses."""
    return {
        "dataspacetck.launcher": _LAUNCHER,
        "dataspacetck.host": "127.0.0.1",
        "dataspacetck.port": str(port),
        "dataspacetck.callback.address": f"http://127.0.0.1:{port}",
        "dataspacetck.dsp.local.connector": "false",
        "dataspacetck.dsp.connector.agent.id": did,
        "dataspacetck.dsp.connector.http.url": url + V2025_1.path,
        "dataspacetck.dsp.connector.http.base.url": url,
        "dataspacetck.dsp.connector.negotiation.initiate.url": url + NEGOTIATE,
        "dataspacetck.dsp.connector.transfer.initiate.url": url + TRANSFER,
        "dataspacetck.dsp.default.wait": str(_WAIT),
        **properties(),
    }


async def run(library: Path, folder: Path, url: str, did: str, port: int) -> Outcome:
    """Run the kit against a connector; everything that it prints is kept in `kit.log`.

    Raises:
        KitError: it ended without saying what came of it.
    """
    config = folder / "kit.properties"
    config.write_text("".join(f"{name}={value}\n" for name, value in settings(url, did, port).items()), "utf-8")
    kit = await asyncio.create_subprocess_exec(
        str(shutil.which("java")),
        *("-cp", f"{library / '*'}", str(_RUN), str(config), _PACKAGE),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert kit.stdout is not None
    failures: list[tuple[str, str]] = []
    counts: list[int] = []
    with (folder / "kit.log").open("wb") as log:
        ended = 0
        async for line in kit.stdout:
            log.write(line)
            text = line.decode("utf-8", "replace").rstrip()
            if text.startswith("RESULT failure\t"):
                failures.append((text.split("\t")[1], text.split("\t", 2)[2].strip()))
            elif text.startswith("RESULT counts\t"):
                counts = [int(part) for part in text.split("\t")[1:]]
            elif re.search(r"\b(SUCCESSFUL|PASSED|FAILED)\b", text):
                ended += 1
                show_progress(ended)
    await kit.wait()
    if not counts:
        raise KitError(f"the kit ended without a result; {folder / 'kit.log'} says more.")
    return Outcome(counts[0], counts[1], counts[2], tuple(failures))


def show_progress(ended: int) -> None:
    """How far it is, on a terminal."""
    if sys.stdout.isatty():
        print(f"\r  {ended} of {CASES}", end="\r", flush=True)
