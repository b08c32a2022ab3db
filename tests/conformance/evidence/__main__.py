"""`make conformance-evidence`: real evidence files and attacks, judged by programs that are not ours.

1. The second verifier (`verify.mjs`, written from docs/evidence.md) on files of two connectors that spoke over HTTP, and on
   every attack of our own tests: each check must have the verdict that we give.
2. The W3C's suite `eddsa-jcs-2022` as Digital Bazaar wrote it, on every signed document of those files, and on each with one
   value changed.
3. Go's `golang.org/x/mod/sumdb`, on every inclusion proof and checkpoint, and on each with one value changed.
4. Every value of a file changed, dropped, doubled, and swapped between two contracts, judged by ours: how many, and which of
   them are rightly harmless.
5. With `--every-byte`: one bit turned round in every byte of a file, judged by ours (minutes).
"""

import shutil
import sys
from pathlib import Path
from typing import Final

from connector.contracts.archive import read_archive
from tests.conformance.evidence.cases import Case, cases
from tests.conformance.evidence.foreign import ToolMissing, compare
from tests.conformance.evidence.real import real_cases
from tests.conformance.evidence.tools import check_logs, check_signatures
from tests.connector.contracts import test_evidence_changes
from tests.connector.contracts import test_evidence_systematic as systematic

FOLDER: Final = Path("var") / "conformance-evidence"


def main() -> int:
    """0 when everybody agrees, 1 when somebody does not, 2 when a foreign program is missing."""
    shutil.rmtree(FOLDER / "files", ignore_errors=True)
    real = real_cases(FOLDER / "space")
    made = list(cases())
    try:
        found = _second_verifier([*real, *made])
        found += _signatures(real)
        found += _logs(real)
        _values()
        if "--every-byte" in sys.argv:
            tried, harmless = systematic.turn_bits(1)
            print(
                f"One bit turned in each of {tried:,} bytes: {harmless:,} change nothing (ZIP times, versions, attributes)"
            )
    except ToolMissing as missing:
        print(missing, file=sys.stderr)
        return 2
    for sentence in found:
        print(f"✗ {sentence}")
    return 1 if found else 0


def _values() -> None:
    counted = {"changed": test_evidence_changes.report(), **{way: systematic.report(way) for way in systematic.WAYS}}
    for way, (tried, harmless) in counted.items():
        print(f"Values {way} by the exporter itself: {tried:,} tried, {len(harmless)} change no verdict")
        for path, place in sorted(harmless, key=str):
            print(f"    {path}: {'.'.join(map(str, place))}")


def _second_verifier(all_cases: list[Case]) -> list[str]:
    found = compare(all_cases, FOLDER / "files")
    print(f"The second verifier: {len(all_cases)} files, {len(found)} differences")
    return found


def _signatures(real: list[Case]) -> list[str]:
    checked, found = check_signatures([(case.name, read_archive(case.data)) for case in real], FOLDER / "node")
    print(
        f"W3C eddsa-jcs-2022 (Node): {checked} signatures true, {checked} changed ones false, {len(found)} differences"
    )
    return found


def _logs(real: list[Case]) -> list[str]:
    checked, found = check_logs([(case.name, read_archive(case.data)) for case in real], FOLDER / "go")
    print(f"golang.org/x/mod/sumdb (Go): {checked} proofs true, {checked} changed ones false, {len(found)} differences")
    return found


if __name__ == "__main__":
    sys.exit(main())
