import json
from pathlib import Path

from connector.demo.report import Report, Step


def step(name: str, *, ok: bool = True) -> Step:
    return Step(name, "제목", "expected", "observed", ok, 0.5)


def test_the_report_has_the_members_that_programs_read(tmp_path: Path) -> None:
    report = Report([step("1.keys"), step("2.publish")], complete=True)
    report.write(tmp_path / "report.json")
    text = (tmp_path / "report.json").read_text("utf-8")
    found = json.loads(text)
    assert found.keys() == {"steps", "ok"}
    assert found["ok"] is True
    assert found["steps"][0] == {
        "id": "1.keys", "title": "제목", "expected": "expected", "observed": "observed", "ok": True, "seconds": 0.5
    }  # fmt: skip
    assert "제목" in text


def test_one_step_that_went_wrong_spoils_it() -> None:
    assert not Report([step("1.keys"), step("2.publish", ok=False)], complete=True).ok


def test_a_demo_that_did_not_come_to_its_end_is_not_ok() -> None:
    assert not Report([step("1.keys")]).ok


def test_connectors_that_were_left_running_are_named() -> None:
    report = Report([], complete=True, running=[{"role": "provider", "pid": 1}])
    assert report.to_json()["running"] == [{"role": "provider", "pid": 1}]
