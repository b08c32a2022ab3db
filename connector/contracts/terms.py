"""The terms of an agreement, as the engine and as people read them: read once for all contracts that have the same.

A bundle holds thousands of contracts on a few sets of terms. What is remembered is found by the canonical form of the whole
agreement but its id and time, which the reading of terms only passes on: other terms are never found in its place.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from connector.canonical import CanonicalError, canonical_bytes, parse_json
from policies.bounds import MAX_TEXT
from policies.errors import PolicyError
from policies.explain import ClauseText, explain_policy
from policies.model import Policy
from policies.parse import parse_policy
from policies.vocabulary import Lang

_KEPT_UP_TO: Final = 16 * 1024
"""The largest agreement whose terms are remembered, in bytes."""
_MOST_KEPT: Final = 128
_MOST_TEXT: Final = 64 * 1024
"""The longest clauses that are remembered, in characters: few terms can be thousands of long clauses."""
_PASSED_ON: Final = ("@id", "timestamp")
_CLAUSES: Final[dict[tuple[bytes, Lang], tuple[ClauseText, ...]]] = {}


def policy_of(agreement: Mapping[str, Any]) -> Policy:
    """The agreement as the engine reads it.

    Raises:
        PolicyError: it is no policy.
    """
    key = _key(agreement)
    kept = _policy(key) if key is not None else None
    if kept is None:
        return parse_policy(dict(agreement))
    return replace(kept, id=agreement["@id"], timestamp=agreement["timestamp"])


def clauses_of(agreement: Mapping[str, Any], lang: Lang) -> tuple[ClauseText, ...]:
    """The agreement as people read it, clause by clause.

    Raises:
        PolicyError: it is no policy.
    """
    key = _key(agreement)
    policy = _policy(key) if key is not None else None
    if key is None or policy is None:
        return explain_policy(parse_policy(dict(agreement)), lang)
    found = _CLAUSES.get((key, lang))
    if found is None:
        found = explain_policy(policy, lang)
        if sum(len(one.text) + len(one.enforcer_text) for one in found) <= _MOST_TEXT:
            if len(_CLAUSES) >= _MOST_KEPT:
                _CLAUSES.clear()
            _CLAUSES[key, lang] = found
    return found


def _key(agreement: Mapping[str, Any]) -> bytes | None:
    """By what its terms are remembered; None for an agreement that is read each time."""
    if not all(isinstance(agreement.get(name), str) and 0 < len(agreement[name]) <= MAX_TEXT for name in _PASSED_ON):
        return None
    try:
        key = canonical_bytes({**agreement, **dict.fromkeys(_PASSED_ON, "-")})
    except CanonicalError:
        return None
    return key if len(key) <= _KEPT_UP_TO else None


@lru_cache(maxsize=_MOST_KEPT)
def _policy(key: bytes) -> Policy | None:
    # What is wrong with an agreement is said by reading that very one again.
    try:
        return parse_policy(parse_json(key))
    except PolicyError:
        return None
