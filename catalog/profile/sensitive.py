"""What a header gives away: columns that an owner should look at before others do. A guess from the name alone."""

import re
from itertools import pairwise
from typing import Final

_WORDS: Final[tuple[tuple[str, frozenset[str]], ...]] = (
    (
        "contact",
        frozenset(
            {
                "phone",
                "tel",
                "mobile",
                "email",
                "mail",
                "address",
                "전화",
                "전화번호",
                "휴대폰",
                "연락처",
                "이메일",
                "주소",
            }
        ),
    ),
    (
        "person",
        frozenset(
            {
                "worker",
                "operator",
                "employee",
                "inspector",
                "person",
                "작업자",
                "사번",
                "성명",
                "이름",
                "담당자",
                "검사자",
                "사원",
                "주민번호",
            }
        ),
    ),
    ("customer", frozenset({"customer", "client", "buyer", "고객", "고객사", "거래처", "납품처", "발주처"})),
    ("set-point", frozenset({"sp", "setpoint", "recipe", "target", "설정값", "설정", "레시피", "목표값"})),
)
_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[가-힣]+")


def guess_sensitive(header: str) -> str | None:
    """`contact`, `person`, `customer` or `set-point` when a word of the header says so, else None."""
    parts = [part.lower() for part in _PART.findall(header)]
    words = set(parts) | {a + b for a, b in pairwise(parts)}
    if parts == ["name"] or {"full", "name"} <= words or {"first", "name"} <= words or {"last", "name"} <= words:
        return "person"
    for guess, known in _WORDS:
        if words & known:
            return guess
    return None
