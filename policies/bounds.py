"""How large a policy may be, decided before anything else looks at it, without recursion."""

import math
from collections.abc import Callable
from functools import lru_cache, update_wrapper
from typing import Any, Final, TypeAlias, TypeVar

from policies.errors import PolicyError, shown

MAX_DEPTH: Final = 32
"""Lists and objects inside each other, the policy itself being the first."""
MAX_NODES: Final = 30_000
"""Values in the whole document."""
MAX_CONSTRAINTS: Final = 2_000
MAX_RULES: Final = 2_000
"""Rules of all kinds, one for each action of each of them."""
MAX_TEXT: Final = 4_096
"""Characters in one text that we read."""
MAX_LITERAL: Final = 96
"""Characters in a time, a number, a length of time, a window or a rate."""
MAX_INTEGER: Final = 2**53 - 1

_V = TypeVar("_V")
_Link: TypeAlias = tuple[
    Any, str | int
]  # (link of the parent or None, last key): a path is only spelt out for an error


def step(key: str | int) -> str:
    """One step of a JSON path."""
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if key.isidentifier() else f"[{shown(key)}]"


def check_bounds(data: Any, where: str) -> None:
    """Refuse what is too deep, too large or not JSON.

    Raises:
        PolicyError: with the path of the first value that breaks a bound.
    """
    nodes = 1
    stack: list[tuple[Any, int, _Link]] = [(data, 1, (None, where))]
    while stack:
        value, depth, link = stack.pop()
        if isinstance(value, str) or value is None or isinstance(value, bool):
            continue
        if isinstance(value, (dict, list)):
            if depth > MAX_DEPTH:
                raise PolicyError(_path(link), f"nested deeper than {MAX_DEPTH} levels; write it flatter")
            nodes += len(value)
            if nodes > MAX_NODES:
                raise PolicyError(_path(link), f"more than {MAX_NODES:,} values in one policy; write a smaller one")
            if isinstance(value, dict):
                for key, item in value.items():
                    if not isinstance(key, str):
                        raise PolicyError(_path(link), "the name of a property is no text")
                    if not isinstance(item, str):
                        stack.append((item, depth + 1, (link, key)))
            else:
                stack.extend((item, depth + 1, (link, index)) for index, item in enumerate(value))
        else:
            _check_number(value, link)


def _check_number(value: Any, link: _Link) -> None:
    if isinstance(value, int) and -MAX_INTEGER <= value <= MAX_INTEGER:
        return
    if isinstance(value, float) and math.isfinite(value):
        return
    if isinstance(value, (int, float)):
        raise PolicyError(_path(link), "a number beyond what JSON programs agree on; write it as a text")
    raise PolicyError(_path(link), f"{type(value).__name__} is no JSON value")


def _path(link: _Link) -> str:
    steps = []
    here: _Link | None = link
    while here is not None:
        here, last = here
        steps.append(str(last) if here is None else step(last))
    return "".join(reversed(steps))


def short(read: Callable[[str], _V | None], *, kept: int = 2_048) -> Callable[[str], _V | None]:
    """A reader of values that looks at no text longer than `MAX_LITERAL`, and remembers what it read of others."""
    remembered = lru_cache(maxsize=kept)(read)

    def bounded(text: str) -> _V | None:
        return remembered(text) if len(text) <= MAX_LITERAL else None

    return update_wrapper(bounded, read)
