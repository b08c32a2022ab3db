"""A person is found as people write names, and as programs pack them; nobody else is."""

import json
from unicodedata import normalize
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.services.erasure.finding import Finder, person_called
from connector.services.errors import BadRequest

MARK = "(erased)"
KIM = Finder(person_called("김민수", "Minsu.Kim@customer.example"), MARK)
LATIN = Finder(person_called("Kim"), MARK)


@pytest.mark.parametrize(
    "text",
    [
        "김민수",
        "김민수가 요청함",
        "담당: 김민수, 공정팀",
        "김민수님께",
        normalize("NFD", "김민수"),
        "minsu.kim@customer.example",
        "MINSU.KIM@CUSTOMER.EXAMPLE",
        "<minsu.kim@customer.example>.",
        json.dumps("김민수"),
        json.dumps("김민수").upper().replace("\\U", "\\u"),
        quote("김민수"),
        quote("김민수").lower(),
        quote("minsu.kim@customer.example", safe=""),
    ],
)
def test_found(text: str) -> None:
    assert KIM.in_(text) == 1, text
    assert KIM.in_(text.encode()) == 1
    assert KIM.in_({"a": ["x", {"b": text}]}) == 1
    assert KIM.in_({text: 1}) == 1
    for value in (text, text.encode(), [{"a": text}]):
        gone = KIM.without(value)
        assert KIM.in_(gone) == 0
        assert MARK in str(gone)


@pytest.mark.parametrize(
    "text",
    [
        "김민수진",
        "이김민수",
        "김민",
        "minsu.kim@customer.example.org"[:-4] + "s",
        "xminsu.kim@customer.example",
        quote("김민수진"),
        json.dumps("김민수진"),
    ],
)
def test_somebody_else(text: str) -> None:
    assert KIM.in_(text) == 0
    assert KIM.without(text) == text


@pytest.mark.parametrize(
    ("text", "times"), [("Kimchi", 0), ("Kim", 1), ("kim, KIM", 2), ("Kim's", 1), ("Joachim", 0), ("kim_1", 0)]
)
def test_whole_words_only(text: str, times: int) -> None:
    assert LATIN.in_(text) == times


def test_a_name_of_two_words() -> None:
    finder = Finder(person_called("Hong  Gildong"), MARK)
    for text in ("Hong Gildong", quote("Hong Gildong"), quote_plus("Hong Gildong")):
        assert finder.in_(text) == 1


def test_bytes_that_are_no_text_stay_as_they_are() -> None:
    body = b"\xff\xfe\x00" + "김민수".encode() + b"\x80"
    assert KIM.without(body) == b"\xff\xfe\x00" + MARK.encode() + b"\x80"


@pytest.mark.parametrize(
    ("name", "email"), [("", ""), ("x", ""), ("  ", ""), ("a" * 201, ""), ("a\x00b", ""), ("", "nobody"), ("Kim", "x")]
)
def test_whom_nobody_can_look_for(name: str, email: str) -> None:
    with pytest.raises(BadRequest):
        person_called(name, email)


@given(
    st.text(st.characters(categories=("L", "N")), min_size=2, max_size=12), st.text(max_size=30), st.text(max_size=30)
)
def test_nothing_is_left_of_any_name(name: str, before: str, after: str) -> None:
    """Between blanks a name is found whatever stands around it, in each of its forms."""
    finder = Finder(person_called(name), MARK)
    normal = normalize("NFC", name)
    for form in (normal, normalize("NFD", normal), quote(normal), json.dumps(normal)[1:-1]):
        text = f"{before} {form} {after}"
        assert finder.in_(text) >= 1
        assert finder.in_(finder.without(text)) == 0
