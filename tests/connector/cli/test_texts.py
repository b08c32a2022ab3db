"""The texts of the command line: complete in both languages, none missing, none left over."""

import re
from pathlib import Path
from string import Formatter

import connector.cli
from connector.texts import texts

EN, KO = ({key: text for key, text in texts(lang).items() if key.startswith("cli.")} for lang in ("en", "ko"))
SOURCES = "".join(path.read_text("utf-8") for path in sorted(Path(connector.cli.__file__).parent.glob("*.py")))


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    assert EN.keys() == KO.keys()
    assert {key: blanks(text) for key, text in EN.items()} == {key: blanks(text) for key, text in KO.items()}


def test_the_korean_is_korean() -> None:
    same = {key for key in EN if EN[key] == KO[key] and re.search("[a-z]{4}", re.sub(r"{.*?}", "", EN[key]))}
    assert same == set()


def test_every_text_is_used() -> None:
    """A key is used as it stands, or through a family such as `contracts.column_{name}`."""
    literals = {text.removeprefix("cli.") for text in re.findall(r'"([A-Za-z_.]+\.[A-Za-z_.{}\[\]\'(), -]*)"', SOURCES)}
    literals |= {f"error.{text}" for text in re.findall(r'\.(?:error|usage)\(\s*"([a-z_]+)"', SOURCES)}
    families = [re.escape(text.split("{")[0]) for text in literals if "{" in text and text.split("{")[0]]
    families += ["error\\.(refused|broken|delivery_waits|answer_not_taken|answers_missing|no_such_)", "option\\."]
    unused = [
        key
        for key in (name.removeprefix("cli.") for name in EN)
        if key not in literals and not any(re.match(family, key) for family in families)
    ]
    assert unused == []


def test_every_key_in_the_source_has_its_text() -> None:
    plain = set(re.findall(r'session\.say\(\s*"([a-z_.]+)"', SOURCES))
    plain |= {f"error.{text}" for text in re.findall(r'session\.(?:error|usage)\(\s*"([a-z_]+)"', SOURCES)}
    plain |= {text.removeprefix("cli.") for text in re.findall(r'"(cli\.[a-z_.]+)"', SOURCES) if text[-1] != "."}
    assert sorted(key for key in plain if f"cli.{key}" not in EN) == []
