import hashlib
import tracemalloc
from pathlib import Path

import pytest

import connector
from connector.dataplane.sources import SourceError, inspect_file
from tests.support.shared import SHARED, needs_shared

DRYER = Path(connector.__file__).parent / "demo" / "data" / "dryer.csv"


def test_dryer() -> None:
    seen: list[tuple[int, int]] = []
    facts = inspect_file(DRYER, lambda done, total: seen.append((done, total)))
    data = DRYER.read_bytes()
    assert facts.digest == "sha256:" + hashlib.sha256(data).hexdigest()
    assert facts.digest == "sha256:72822d9f6a9042353cb240fb8cc5bd7083ec874244a822eb64419f343d0ac7aa"
    assert (facts.file_name, facts.byte_size, facts.media_type) == ("dryer.csv", len(data), "text/csv")
    assert (facts.encoding, facts.delimiter, facts.sheet) == ("utf-8", ",", None)
    assert (facts.profile.rows, len(facts.profile.columns)) == (9220, 12)
    assert seen[0] == (0, len(data))
    assert seen[-1] == (len(data), len(data))
    assert len(seen) > 3
    assert seen == sorted(seen)


def test_the_notice_travels_with_the_data() -> None:
    notice = DRYER.with_name("dryer.LICENSE.txt").read_text(encoding="utf-8")
    assert "MIT License" in notice
    assert "process-improve 2.2.0" in notice
    assert hashlib.sha256(DRYER.read_bytes()).hexdigest() in notice


@needs_shared
def test_steel() -> None:
    assert SHARED is not None
    facts = inspect_file(SHARED / "data" / "kr-steel-energy" / "Steel_industry_data.csv")
    assert (facts.encoding, facts.profile.rows) == ("utf-8-sig", 35_040)
    assert facts.profile.columns[0].name == "date"


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for copies in (3, 12):
        path = tmp_path / f"{copies}.csv"
        header, rows = DRYER.read_bytes().split(b"\n", 1)
        path.write_bytes(header + b"\n" + b"".join([b"\n".join(rows.split(b"\n")[:1500]) + b"\n"] * copies))
        tracemalloc.start()
        inspect_file(path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"There is no file here: gone\.csv"):
        inspect_file(tmp_path / "gone.csv")


def test_a_file_that_changes_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "growing.csv"
    path.write_bytes(b"a,b\n1,2\n")

    def grow(done: int, _total: int) -> None:
        if done == 0:
            with path.open("ab") as file:
                file.write(b"3,4\n")

    with pytest.raises(SourceError, match="changed while it was being read") as caught:
        inspect_file(path, grow)
    assert caught.value.code == "changed"
