"""How the kit is resolved and judged; whether it passes, `make conformance` says."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.conformance import kit
from tests.conformance.dsp.kit import Outcome, artifacts, resolve, settings
from tests.conformance.dsp.scripts import properties
from tests.conformance.kit import KitError, check_java, pom


@pytest.mark.parametrize(("version", "okhttp", "count"), [("1.0.0-RC6", "5.3.0", 8), ("1.0.1", "5.4.0", 2)])
def test_the_artifacts_of_both_versions(version: str, okhttp: str, count: int) -> None:
    found = artifacts(version)
    assert len(found) == count
    assert found[-1] == ("com.squareup.okhttp3", "okhttp-jvm", okhttp)
    assert {number for _, _, number in found[:-1]} == {version}


def test_the_pom_names_no_registry() -> None:
    written = pom(artifacts("1.0.1"))
    assert "<artifactId>dsp-tck</artifactId><version>1.0.1</version>" in written
    assert re.findall(r"https?://[^\s\"<]+", written) == ["http://maven.apache.org/POM/4.0.0"]
    assert "repositor" not in written


@pytest.mark.parametrize(
    ("outcome", "good"),
    [
        (Outcome(67, 65, 65, ()), True),
        (Outcome(67, 65, 64, (("CN:01-01", "Timeout"),)), False),
        (Outcome(60, 60, 60, ()), False),
        (Outcome(0, 0, 0, ()), False),
    ],
)
def test_what_counts_as_passed(outcome: Outcome, good: bool) -> None:
    assert outcome.good is good


@pytest.mark.parametrize(
    ("said", "modules", "problem"),
    [
        ('openjdk version "17.0.15"', "jdk.compiler@17", None),
        ('openjdk version "25" 2025-09-16', "jdk.compiler@25", None),
        ('java version "1.8.0_401"', "", "this Java is 1"),
        ('openjdk version "21.0.1"', "java.base@21", "without the compiler"),
        ("what?", "", "unknown"),
    ],
)
def test_java(monkeypatch: pytest.MonkeyPatch, said: str, modules: str, problem: str | None) -> None:
    monkeypatch.setattr("shutil.which", lambda name: name)

    def run(order: list[str], **_: object) -> "subprocess.CompletedProcess[str]":
        listing = "--list-modules" in order
        return subprocess.CompletedProcess(order, 0, modules if listing else "", "" if listing else said)

    monkeypatch.setattr("subprocess.run", run)
    if problem is None:
        check_java()
        return
    with pytest.raises(KitError, match=problem) as caught:
        check_java()
    assert "17 or newer, and Maven" in str(caught.value)


def test_without_java_or_maven(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(KitError, match="Java is not there"):
        resolve(tmp_path)
    monkeypatch.setattr(kit, "check_java", lambda: None)
    with pytest.raises(KitError, match="Maven is not there"):
        resolve(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_properties() -> None:
    """One id is written into the kit: CN:01-02 asks for it whatever the properties say."""
    found = properties()
    assert (found["CN_01_02_DATASETID"], found["CN_01_02_OFFERID"]) == ("ACN0102", "CD123:ACN0102:456")
    assert found["CN_C_03_06_DATASETID"] == "ACNC0306"
    assert (found["TP_01_04_AGREEMENTID"], found["TP_C_02_05_AGREEMENTID"]) == ("ATP0104", "ATPC0205")
    assert found["TP_03_06_FORMAT"] == "HttpData-PULL"
    shown = settings("http://127.0.0.1:1", "did:web:127.0.0.1%3A1", 2)
    # The port is not taken from the address: both have to be said.
    assert shown["dataspacetck.callback.address"].endswith(":" + shown["dataspacetck.port"])
