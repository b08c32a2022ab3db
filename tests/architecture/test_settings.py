"""Every setting says what it means, and none says what is secret."""

from pathlib import Path

import pytest

from connector.settings import Settings, load_settings, write_settings

NAMES = [name for name in Settings.model_fields if name != "directory"]


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_described(name: str) -> None:
    meaning = Settings.model_fields[name].description
    assert meaning is not None
    assert meaning.endswith(".")
    assert len(meaning) > 15


def test_doctor_shows_every_setting_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(f"MMD_{name.upper()}", raising=False)
    write_settings(tmp_path, {"name": "Drying Works", "public_url": "https://drying.example"})
    secret = "http://user:hunter2@proxy.example"
    shown = load_settings(tmp_path, {"outbound_proxy": secret}).describe()
    assert [entry["name"] for entry in shown] == NAMES
    assert "hunter2" not in str(shown)
    sources = {entry["name"]: entry["source"] for entry in shown}
    assert (sources["name"], sources["outbound_proxy"], sources["bind_port"]) == ("settings.toml", "flag", "default")
