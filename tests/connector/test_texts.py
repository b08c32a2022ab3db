"""What people read: the same keys and blanks in both languages, wherever texts are kept."""

import importlib
import pkgutil
import re
import sys
from string import Formatter
from types import ModuleType

import pytest

import connector.texts
from catalog.texts import TEXTS as CATALOG
from connector.texts import LANGUAGES, say, texts
from policies.texts import en as policies_en
from policies.texts import ko as policies_ko

AREAS = sorted({module.name[:-3] for module in pkgutil.iter_modules(connector.texts.__path__)})
IN_A_LANGUAGE = re.compile(r"\.(en|ko)$")
"""Keys of texts that are in that language whatever the reader's, such as a title that is published in both."""
Tables = tuple[dict[str, str], dict[str, str]]


def tables(area: str) -> Tables:
    english, korean = (importlib.import_module(f"connector.texts.{area}_{lang}").TEXTS for lang in LANGUAGES)
    return english, korean


ALL: dict[str, Tables] = {area: tables(area) for area in AREAS}
ALL["catalog"] = (
    {key: text["en"] for key, text in CATALOG.items()},
    {key: text["ko"] for key, text in CATALOG.items()},
)
ALL["policies"] = (policies_en.TEXTS, policies_ko.TEXTS)
each = pytest.mark.parametrize("area", ALL)


def blanks(text: str) -> dict[str, str]:
    """Each blank with the way in which it is filled (`:,` and the like)."""
    return {name: form or "" for _, name, form, _ in Formatter().parse(text) if name is not None}


def test_every_module_of_texts_has_its_twin() -> None:
    names = {module.name for module in pkgutil.iter_modules(connector.texts.__path__)}
    assert names == {f"{area}_{lang}" for area in AREAS for lang in LANGUAGES}


@each
def test_both_languages_have_the_same_keys(area: str) -> None:
    english, korean = ALL[area]
    assert english.keys() == korean.keys()


@each
def test_both_languages_have_the_same_blanks(area: str) -> None:
    english, korean = ALL[area]
    assert {key: blanks(text).keys() for key, text in english.items()} == {
        key: blanks(text).keys() for key, text in korean.items()
    }


@each
def test_every_text_says_something(area: str) -> None:
    for table in ALL[area]:
        assert all(text.strip() for text in table.values())


@each
def test_the_korean_is_korean(area: str) -> None:
    """Names, units and code may be the same; whole words of English may not."""
    english, korean = ALL[area]
    words = {key: re.sub(r"{.*?}|`.*?`", "", text) for key, text in english.items() if not IN_A_LANGUAGE.search(key)}
    left = [key for key, text in words.items() if korean[key] == english[key] and re.search(r"[a-z]{4} [a-z]{2}", text)]
    assert left == []


@each
def test_the_english_has_no_korean_in_it(area: str) -> None:
    english, _ = ALL[area]
    korean = [key for key, text in english.items() if re.search("[가-힣]", text)]
    assert [key for key in korean if not IN_A_LANGUAGE.search(key)] == []


def test_blanks_have_names() -> None:
    """A blank without a name would be filled by position, which differs between languages."""
    for english, korean in ALL.values():
        for table in (english, korean):
            for key, text in table.items():
                assert all(name.isidentifier() for name in blanks(text)), key


def test_the_merged_table_has_everything_once() -> None:
    for number, lang in enumerate(LANGUAGES):
        assert len(texts(lang)) == sum(len(ALL[area][number]) for area in AREAS)


def test_say_fills_the_blanks() -> None:
    key = next(key for key, text in texts("en").items() if len(blanks(text)) == 1 and not any(blanks(text).values()))
    [name] = blanks(texts("en")[key])
    for lang in LANGUAGES:
        assert "{braces} 값" in say(key, lang, **{name: "{braces} 값"})
        with pytest.raises(KeyError):
            say(key, lang)


def test_an_unknown_language_or_text_is_told() -> None:
    with pytest.raises(KeyError):
        texts("de")
    with pytest.raises(KeyError):
        say("no such text", "en")


def test_a_key_may_not_be_defined_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    again = ModuleType("connector.texts.again_en")
    again.TEXTS = {next(iter(texts("en"))): "twice"}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, again.__name__, again)
    found = [*pkgutil.iter_modules(connector.texts.__path__), pkgutil.ModuleInfo(None, "again_en", ispkg=False)]  # type: ignore[arg-type]
    monkeypatch.setattr(pkgutil, "iter_modules", lambda _: found)
    with pytest.raises(ValueError, match="defined twice"):
        texts.__wrapped__("en")
