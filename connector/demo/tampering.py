"""Chapter 8: copies of the evidence file with a single change each; every one must be caught, the check named.

Each change is made twice: as a careless hand makes it, and as a clever one, who also computes anew every digest and every
list that depends on it and leaves out what he need not show. What he cannot make is a signature.
"""

import time
from functools import partial
from typing import Any, Final

from connector.demo.audit import verify
from connector.demo.changes import CHANGES, Change, Material
from connector.demo.folder import EVIDENCE, TRUST
from connector.demo.parts import read_parts, write_parts
from connector.demo.stage import Stage

KINDS: Final = ("careless", "clever")
_FALSE: Final = 1
"""The exit code of `mmd verify` for something false."""


def tamper(stage: Stage) -> None:
    """The whole chapter."""
    stage.chapter(8)
    stage.screen.block(stage.say("says.changes"))
    parts = read_parts(stage.path(EVIDENCE))
    other = read_parts(stage.path("second", EVIDENCE))
    material = Material(other, stage.consumer.did, stage.outsider.did)
    names = {"unchanged": parts}
    for change in CHANGES:
        names[f"{change.id}-careless"] = change.make_careless(parts, material)
        names[f"{change.id}-clever"] = change.make_clever(parts, material)
    for name, made in names.items():
        write_parts(made, stage.path("changed", f"{name}.zip"))
    with stage.screen.counting(stage.say("waiting.judging"), len(names)) as done:
        calls = [partial(_judge, stage, name) for name in names]
        verdicts = dict(zip(names, stage.processes.together(calls, done=done), strict=True))
    with stage.step("unchanged") as seen:
        code, _, seen.seconds = verdicts["unchanged"]
        seen.saw(code == 0, stage.say("seen.unchanged", code=code))
    for change in CHANGES:
        _report(stage, change, [verdicts[f"{change.id}-{kind}"] for kind in KINDS])


def _judge(stage: Stage, name: str) -> tuple[int, Any, float]:
    """Exit code and verdict on a copy, and how long it took."""
    began = time.monotonic()
    code, verdict = verify(stage, str(stage.path("changed", f"{name}.zip")), "--trust", str(stage.path(TRUST)))
    return code, verdict, time.monotonic() - began


def _report(stage: Stage, change: Change, verdicts: list[tuple[int, Any, float]]) -> None:
    title = stage.say(f"change.{change.id}")
    expected = stage.say("expected.change", careless=change.careless, clever=change.check)
    with stage.step(change.id, title=title, expected=expected) as seen:
        seen.seconds = sum(seconds for _, _, seconds in verdicts)
        caught, said = True, []
        for check, (code, verdict, _) in zip((change.careless, change.check), verdicts, strict=True):
            failed = {item["id"]: item for item in verdict.get("checks", []) if item["verdict"] == "failed"}
            caught &= code == _FALSE and check in failed
            named = failed.get(check) or next(
                iter(failed.values()), {"number": "", "title": verdict.get("summary", "")}
            )
            said.append(stage.say("seen.failed", code=code, number=named["number"], title=named["title"]))
        seen.saw(caught, stage.say("seen.change", change=title, careless=said[0], clever=said[1]))
