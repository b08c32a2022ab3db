import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.wire.links import link_target, same_origin

BASE = "https://peer.example/dsp/catalog/request"


@pytest.mark.parametrize(
    ("headers", "target"),
    [
        (['<https://peer.example/x?continuationToken=a%3D>; rel="next"'], "https://peer.example/x?continuationToken=a%3D"),
        (["<?page=2>; rel=next"], BASE + "?page=2"),
        (["</a>; rel=next"], "https://peer.example/a"),
        (['</a>; rel="previous", </b>; rel="next"'], "https://peer.example/b"),
        (['</a>; rel="previous"', '</b>; title="a, <b>; rel=x"; rel="last NEXT"'], "https://peer.example/b"),
        (["</a,b>;REL = next ;x"], "https://peer.example/a,b"),
        ([], None),
        (["</a>"], None),
        (['</a>; rel="nextish"'], None),
        (["a; rel=next"], None),
        (["<https://[::1>; rel=next"], None),
        (["</" + "a" * 5000 + ">; rel=next"], None),
    ],
)  # fmt: skip
def test_where_the_next_page_is(headers: list[str], target: str | None) -> None:
    assert link_target(", ".join(headers), "next", BASE) == target


@given(st.lists(st.text('<>;",= arelnxt/?', max_size=40), max_size=3))
def test_no_header_is_too_odd(headers: list[str]) -> None:
    found = link_target(", ".join(headers), "next", BASE)
    assert found is None or isinstance(found, str)


def test_a_header_made_to_be_slow() -> None:
    for evil in ('<a>;"' * 4000, "<" * 16_000, "<a>; rel=" + " " * 16_000 + "x"):
        assert link_target(evil, "next", BASE) is None


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("https://peer.example/elsewhere", True),
        ("https://PEER.example:443/", True),
        ("http://peer.example/", False),
        ("https://peer.example:8443/", False),
        ("https://peer.example.evil.example/", False),
        ("https://user@peer.example/", True),
        ("//peer.example/", False),
        ("https://peer.example:x/", False),
        ("file:///etc/passwd", False),
    ],
)
def test_whether_it_is_the_same_place(other: str, same: bool) -> None:
    assert same_origin(BASE, other) is same
