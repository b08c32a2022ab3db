import pytest

from connector.cli.language import choose_language


@pytest.mark.parametrize(
    ("argv", "environ", "expected"),
    [
        (["search"], {"LANG": "en_US.UTF-8"}, "en"),
        (["search"], {"LANG": "ko_KR.UTF-8"}, "ko"),
        (["search"], {"LC_ALL": "ko_KR", "LANG": "en_US"}, "ko"),
        (["search"], {"LC_ALL": "", "LC_MESSAGES": "en_US", "LANG": "ko_KR"}, "en"),
        (["search"], {"MMD_LANG": "ko", "LANG": "en_US"}, "ko"),
        (["search"], {"MMD_LANG": "fr", "LANG": "en_US"}, "en"),
        (["search", "--lang", "en"], {"MMD_LANG": "ko"}, "en"),
        (["--lang=ko", "search"], {"LANG": "en_US"}, "ko"),
        (["search", "--lang"], {"LANG": "en_US"}, "en"),
        (["search", "--", "--lang", "ko"], {"LANG": "en_US"}, "en"),
    ],
)
def test_the_nearest_wish_wins(argv: list[str], environ: dict[str, str], expected: str) -> None:
    assert choose_language(argv, environ) == expected


def test_without_any_wish_the_system_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locale.getlocale", lambda: ("Korean_Korea", "949"))
    assert choose_language([], {}) == "ko"
    monkeypatch.setattr("locale.getlocale", lambda: (None, None))
    assert choose_language([], {}) == "en"
