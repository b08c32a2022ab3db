"""The policies of the IDS: each is read, and either enforced or refused with the term named; skipped without ../shared."""

from datetime import UTC, datetime

import pytest

from policies import Outcome, Party
from policies.evaluate import evaluate
from policies.parse import parse_policy
from tests.conformance.odrl.ids import DESCRIBING, FILES, FOLDER, documents_of, favourable, outcome_of
from tests.support.shared import SHARED, needs_shared


@needs_shared
def test_none_is_left_out() -> None:
    assert SHARED is not None
    assert len(FILES) == 33
    assert {path.name for path in (SHARED / FOLDER).glob("*odrl*.json")} == FILES.keys()


@needs_shared
@pytest.mark.parametrize("name", FILES)
def test_each_is_enforced_or_refused_by_name(name: str) -> None:
    assert SHARED is not None
    found = outcome_of(SHARED / FOLDER / name)
    assert found.documents
    assert found.named, "none of them is a contract of ours: each names its data and parties in its rules"
    if FILES[name]:
        assert Outcome.PERMITTED not in found.outcomes
        assert FILES[name] in found.refused
    else:
        assert not found.refused
        assert found.outcomes == frozenset({Outcome.PERMITTED})


@needs_shared
@pytest.mark.parametrize("name", [name for name, term in FILES.items() if not term])
def test_what_is_enforced_is_refused_to_others(name: str) -> None:
    assert SHARED is not None
    (document,) = documents_of((SHARED / FOLDER / name).read_text(encoding="utf-8"))
    policy = parse_policy({key: value for key, value in document.items() if key not in DESCRIBING})
    other = Party("http://example.com/ids/party/other", collections=frozenset())
    assert evaluate(policy, favourable(policy)).permitted
    context = favourable(policy)
    assert evaluate(policy, type(context)(other, context.now, context.now, 0, "Research")).outcome is Outcome.DENIED
    later = evaluate(policy, favourable(policy, now=datetime(2030, 1, 1, tzinfo=UTC)))
    assert later.permitted is ("time-interval" not in name)


def test_what_is_no_strict_json_is_read_all_the_same() -> None:
    text = '{"@type": "x"}\n{"@type": "Set", "permission": [1],\n "permission": [2,]\n "note": {"a": "b"\n "c": 1},}'
    assert list(documents_of(text)) == [{"@type": "Set", "permission": [1, 2], "note": {"a": "b", "c": 1}}]
