"""How long things are kept: said in one place, in both languages, never less than the least."""

import pytest

from connector.services.retention.kinds import COMMERCIAL_YEARS, KINDS, read_keep_days
from connector.settings import Settings, SettingsError, load_settings, write_settings
from connector.texts import LANGUAGES, texts


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_why_and_what_still_proves(kind: str) -> None:
    for lang in LANGUAGES:
        for word in ("is", "since", "why", "proves"):
            assert texts(lang)[f"retention.{kind}.{word}"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.id)
def test_the_default_is_no_less_than_the_least(kind: object) -> None:
    found = KINDS[kind.id]  # type: ignore[attr-defined]
    assert found.default is None or found.default >= found.minimum
    assert not found.by or found.by in Settings.model_fields


def test_contracts_are_kept_as_long_as_the_law_asks() -> None:
    assert COMMERCIAL_YEARS == 10
    assert KINDS["contracts"].minimum >= 10 * 365 + 2  # with leap days
    assert KINDS["contracts"].default is None
    assert KINDS["log"].fixed


def test_what_settings_say() -> None:
    keeping = read_keep_days(["negotiations=90", " acts = never ", "contracts=5000"], {"transcripts": 7})
    assert [keeping.days(kind) for kind in ("negotiations", "acts", "contracts", "transcripts", "offers")] == [
        90,
        None,
        5000,
        7,
        365,
    ]
    assert keeping.period("log") is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("contracts=3000", "at least 3653 days"),
        ("acts=30", "at least 1095 days"),
        ("negotiations=59", "at least 60 days"),
        ("nothing=3", "is no kind of record"),
        ("transcripts=3", "is said by transcript_days"),
        ("log=3", "cannot be changed"),
        ("tokens=3", "cannot be changed"),
        ("negotiations", "is not KIND=DAYS"),
        ("negotiations=soon", "is not KIND=DAYS"),
        ("negotiations=-1", "is not KIND=DAYS"),
        ("negotiations=٣٦٥", "is not KIND=DAYS"),
    ],
)
def test_what_cannot_be_said(said: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_keep_days([said])


def test_settings_refuse_it_with_the_same_words(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    write_settings(folder, {"name": "Drying", "public_url": "https://drying.example", "keep_days": ["contracts=30"]})
    with pytest.raises(SettingsError, match="keep_days: contracts are kept for at least 3653 days"):
        load_settings(folder)
    assert load_settings(folder, {"keep_days": "acts=1200, offers=never"}).keeping.days("acts") == 1200
