from pathlib import Path

import pytest

from connector.dataplane.sources import SourceError, inspect_file
from connector.dataplane.sources.sentences import SENTENCES
from tests.connector.dataplane.sources.defects import DEFECTS, Defect

MADE_ELSEWHERE = {"not-found", "changed"}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_the_owner_reads_what_is_wrong(defect: Defect, tmp_path: Path) -> None:
    path = tmp_path / f"{defect.name}.csv"
    path.write_bytes(defect.data)
    with pytest.raises(SourceError) as caught:
        inspect_file(path)
    error = caught.value
    assert error.code == defect.code
    assert defect.english in str(error)
    assert error.sentence("en") == str(error)
    assert defect.korean in error.sentence("ko")
    assert error.line == defect.line


def test_each_sentence_has_its_broken_file() -> None:
    assert {defect.code for defect in DEFECTS} | MADE_ELSEWHERE == set(SENTENCES)
