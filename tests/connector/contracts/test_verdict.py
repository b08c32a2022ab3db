import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import connector.contracts
from connector.contracts.evidence import verify_evidence
from connector.contracts.verdict import Check, Verdict, conclude
from connector.texts import verdict_en, verdict_ko
from tests.support.contracts import VERIFIED_AT, build_contract

ROOM = Path(connector.contracts.__file__).parent
RAISERS = {"ContractError", "Undecided", "NotApplicable", "Finding"}


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def codes_and_facts() -> list[tuple[str, set[str]]]:
    """Every reason that is raised or returned anywhere in the room, with the facts that are given to it."""
    found = []
    for path in sorted(ROOM.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISERS
            if named and isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                facts = {keyword.arg for keyword in node.keywords if keyword.arg}
                for argument in node.args[1:]:
                    if isinstance(argument, ast.Dict):
                        facts |= {str(key.value) for key in argument.keys if isinstance(key, ast.Constant)}
                found.append((str(node.args[0].value), facts))
    return found


def codes_in_checks() -> set[str]:
    """Reasons that stand in a `Check` itself: number, id, verdict, reason."""
    nodes = (node for path in ROOM.glob("*.py") for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    checks = (node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Check")
    reasons = (node.args[3] for node in checks if len(node.args) > 3)
    return {str(reason.value) for reason in reasons if isinstance(reason, ast.Constant)}


def test_every_reason_has_its_sentence_and_every_blank_is_filled() -> None:
    found = codes_and_facts()
    assert len(found) > 80
    # Those whose facts go by a name of their own.
    free = {"attributed", "logged", "notices-signed", "complete-as-stated", "complete-without-log", "complete-taken-up"}
    free |= {"annexes-erased", "messages-erased", "messages-hold-but-erased"}
    free |= {"deliveries-hold", "deliveries-deleted", "deletion-incomplete"}
    for code, facts in found:
        text = verdict_en.TEXTS[f"verdict.reason.{code}"]
        assert code in free or blanks(text) <= facts, code


def test_no_sentence_is_left_over() -> None:
    used = {code for code, _ in codes_and_facts()} | codes_in_checks() | {"format-unknown"}
    written = {key.removeprefix("verdict.reason.") for key in verdict_en.TEXTS if key.startswith("verdict.reason.")}
    assert written == used


def test_both_languages_say_the_same_with_the_same_blanks() -> None:
    assert verdict_en.TEXTS.keys() == verdict_ko.TEXTS.keys()
    for key, text in verdict_en.TEXTS.items():
        assert blanks(text) == blanks(verdict_ko.TEXTS[key]), key
        assert re.search("[가-힣]", verdict_ko.TEXTS[key]), key


def test_a_verdict_as_json_has_codes_and_words() -> None:
    contract = build_contract()
    verdict = verify_evidence(contract.evidence(), trust=None, now=VERIFIED_AT)
    data = verdict.to_json("ko")
    assert (data["outcome"], data["exitCode"], data["summaryCode"]) == ("undetermined", 2, "not-attributed")
    assert data["checks"][0]["number"] == 1
    assert data["checks"][0]["title"] == verdict_ko.TEXTS["verdict.title.container"]
    with pytest.raises(KeyError):
        verdict.check("nothing")


@pytest.mark.parametrize(
    ("verdicts", "exit_code"),
    [
        (["ok", "ok"], 0),
        (["ok", "failed"], 1),
        (["unknown", "failed"], 1),
        (["unknown", "ok"], 2),
        (["skipped", "ok"], 2),
    ],
)
def test_whatever_is_not_ok_counts_against_it(verdicts: list[str], exit_code: int) -> None:
    checks = tuple(
        Check(number, "roles", verdict, "holds")  # type: ignore[arg-type]
        for number, verdict in enumerate(verdicts, start=1)
    )
    assert conclude(checks, {}).exit_code == exit_code


def test_only_deliveries_and_messages_may_have_nothing_to_look_at() -> None:
    for name in ("deliveries", "messages"):
        verdict: Verdict = conclude((Check(1, name, "skipped", "holds"),), {})
        assert verdict.outcome == "verified"
