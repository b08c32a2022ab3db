"""`make conformance-odrl`: the suite of SolidLab and the policies of the IDS, judged rule by rule; says what disagrees and why."""

import sys

from tests.conformance.odrl.ids import FILES, outcome_of
from tests.conformance.odrl.ids import FOLDER as IDS
from tests.conformance.odrl.suite import CASES, DISAGREEMENTS, cases, judge
from tests.support.shared import SHARED


def main() -> int:
    """Judge everything; the exit code is 0 when nothing disagrees beyond what is known."""
    if SHARED is None:
        print("the suites lie in ../shared, which is not there: nothing was judged")
        return 0
    good = _suite()
    return 0 if _policies() and good else 1


def _suite() -> bool:
    assert SHARED is not None
    rules, agreed, surprises, seen = 0, 0, 0, 0
    for case in cases(SHARED / "spec/odrl/solidlab-test-suite"):
        seen += 1
        for verdict in judge(case):
            rules += 1
            agreed += verdict.agrees
            if verdict.agrees == (case.number in DISAGREEMENTS):
                surprises += 1
                print(f"  UNEXPECTED {case.number} {case.title}: expected {verdict.expected}, found {verdict.found}")
            elif not verdict.agrees:
                print(
                    f"  {case.number} expected {verdict.expected}, found {verdict.found}: {DISAGREEMENTS[case.number]}"
                )
    print(f"ODRL test suite: {agreed} of {rules} rules in {seen} of {CASES} cases as expected")
    return not surprises and seen == CASES


def _policies() -> bool:
    assert SHARED is not None
    folder = SHARED / IDS
    outcomes = {name: outcome_of(folder / name) for name in FILES}
    for name, outcome in outcomes.items():
        print(f"  {name}: {outcome}")
    enforced = sum(not outcome.refused for outcome in outcomes.values())
    print(
        f"IDS policies: {len(outcomes)} files, {enforced} enforced, {len(outcomes) - enforced} refused with the terms named"
    )
    return all(outcome.documents for outcome in outcomes.values())


if __name__ == "__main__":
    sys.exit(main())
