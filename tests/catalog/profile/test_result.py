from typing import Any

import pytest

from catalog.errors import ProfileError
from catalog.profile import Profiler, RecordBatch, TableProfile


def good() -> dict[str, Any]:
    profiler = Profiler(("when", "step", "w"))
    rows: list[list[Any]] = [[f"2026-11-22 10:{step:02}", str(step % 3), "a"] for step in range(9)]
    profiler.add(RecordBatch(profiler.columns, rows))
    return profiler.finish().to_json()


def test_round_trip() -> None:
    data = good()
    read = TableProfile.from_json(data)
    assert read.time is not None
    assert read.steps is not None
    assert read.to_json() == data


@pytest.mark.parametrize(
    ("path", "value", "where", "sentence"),
    [
        (("format",), "mmd-profile/9", "$.format", "only 'mmd-profile/1' can be read"),
        (("rows",), -1, "$.rows", "a whole number that is not negative is expected here, not a number"),
        (("rows",), True, "$.rows", "not true or false"),
        (("columns",), {}, "$.columns", "a list is expected here, not an object"),
        (("columns", 0), "x", "$.columns[0]", "an object is expected here, not a text"),
        (("columns", 0, "datatype"), "float", "$.columns[0].datatype", "'float' is none of: integer"),
        (("columns", 1, "name"), None, "$.columns[1].name", "a text is expected here, not null"),
        (("columns", 1, "common"), [["a", "b"]], "$.columns[1].common[0]", "a pair of a text and a whole number"),
        (("columns", 1, "quartiles"), [1], "$.columns[1].quartiles", "a list of texts is expected here"),
        (("columns", 1, "constant"), "yes", "$.columns[1].constant", "true or false is expected here"),
        (("time",), [], "$.time", "an object is expected here, not a list"),
        (("steps", "restarts"), None, "$.steps.restarts", "a whole number"),
    ],
)  # fmt: skip
def test_defects(path: tuple[str | int, ...], value: Any, where: str, sentence: str) -> None:
    data: Any = good()
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(ProfileError) as caught:
        TableProfile.from_json(data)
    assert caught.value.where == where
    assert sentence in caught.value.sentence
