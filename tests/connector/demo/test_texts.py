"""The texts of the demo: complete in both languages, none missing, none left over."""

import re
from pathlib import Path
from string import Formatter

import connector.demo
from connector.demo.changes import CHANGES
from connector.texts import demo_en, demo_ko

EN, KO = demo_en.TEXTS, demo_ko.TEXTS
SOURCES = "".join(path.read_text("utf-8") for path in sorted(Path(connector.demo.__file__).parent.glob("*.py")))


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def used() -> set[str]:
    """Every key that the source names: in `say` and `says`, with steps and families written out."""
    found = re.findall(r'\b(?:say|says)\(\s*(?:[^,()]+,\s*)?"([a-z_.-]+)"', SOURCES)
    keys = {key if key.startswith("demo.") else f"demo.{key}" for key in found}
    keys |= set(re.findall(r'"(demo\.[a-z_.]+[a-z_])"', SOURCES))
    for name in re.findall(r'stage\.step\("([a-z-]+)"', SOURCES):
        keys |= {f"demo.step.{name}", f"demo.expected.{name}"}
    keys |= {f"demo.change.{change.id}" for change in CHANGES}
    keys |= {f"demo.chapter.{number}" for number in re.findall(r"stage\.chapter\((\d)\)", SOURCES)}
    roles = ("authority", "provider", "consumer", "outsider")
    keys |= {f"demo.{kind}.{role}" for kind in ("name", "role") for role in roles} | {"demo.role.auditor"}
    return keys | {"demo.purpose.quality-prediction", "demo.purpose.research", "demo.end.good", "demo.end.bad"}


def test_both_languages_say_the_same_things() -> None:
    assert EN.keys() == KO.keys()
    assert {key: blanks(text) for key, text in EN.items()} == {key: blanks(text) for key, text in KO.items()}


def test_the_korean_is_korean() -> None:
    same = {key for key in EN if EN[key] == KO[key] and re.search("[a-z]{4}", re.sub(r"{.*?}", "", EN[key]))}
    assert same == {"demo.data.title.en"}


def test_every_key_in_the_source_has_its_text_and_every_text_is_used() -> None:
    assert used() == set(EN)
