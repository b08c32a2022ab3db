import string

import pytest

from policies.clauses import CLAUSES
from policies.texts import TABLES, say, text_of


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_texts_with_the_same_blanks() -> None:
    assert TABLES["en"].keys() == TABLES["ko"].keys()
    for key, text in TABLES["en"].items():
        assert _blanks(text) == _blanks(TABLES["ko"][key]), key


def test_no_text_is_left_in_the_other_language() -> None:
    for key, text in TABLES["ko"].items():
        words = "".join(part for part, *_ in string.Formatter().parse(text))
        if any(letter.isalpha() for letter in words):
            assert any("가" <= letter <= "힣" for letter in words), key
        assert not any("가" <= letter <= "힣" for letter in TABLES["en"][key]), key


def test_no_korean_particle_that_depends_on_the_word_before_it_follows_a_blank() -> None:
    for key, text in TABLES["ko"].items():
        for particle in ("은", "는", "이", "가", "을", "를", "과", "와", "으로", "로"):
            for end in ("}", "}'"):
                assert f"{end}{particle} " not in text, key


def test_every_clause_has_its_texts() -> None:
    for clause in CLAUSES.values():
        for lang in ("en", "ko"):
            assert clause.name(lang)
            assert clause.text(lang)
            assert clause.enforcer_text(lang)


def test_values_are_put_in_as_they_are() -> None:
    assert say("times.n", "en", n="{n}") == "at most {n} times"
    assert text_of("times.1", "ko") == "한 번만"
    with pytest.raises(KeyError):
        say("times.n", "en")
