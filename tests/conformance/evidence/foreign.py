"""The second verifier beside ours: both judge the same files, and every check must have the same verdict.

Ours judges as somebody who has no sentences to make documents with (check 29): the second verifier has none.
"""

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from connector.clock import format_time
from connector.contracts.evidence import verify_evidence
from connector.trust.anchors import write_trust_file
from tests.conformance.evidence.cases import Case

HERE: Final = Path(__file__).parent
NO_NODE: Final = "The second verifier needs Node 20.15 or newer (node on the PATH)."


class ToolMissing(Exception):
    """A foreign program cannot be run; the sentence says which one is missing."""


def compare(cases: Iterable[Case], folder: Path) -> list[str]:
    """Where the two verifiers differ, a sentence for each; nothing when they agree on all.

    Raises:
        ToolMissing: there is no Node here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines, ours = [], {}
    for case in cases:
        lines.append(_line(case, folder))
        ours[case.name] = verify_evidence(case.data, trust=case.trust, now=case.at, sentences=False).to_json()
    theirs = {verdict["name"]: verdict for verdict in node("batch.mjs", lines)}
    return [sentence for name, verdict in ours.items() for sentence in _differences(name, verdict, theirs.get(name))]


def node(script: str, lines: list[dict[str, Any]], folder: Path | None = None) -> list[dict[str, Any]]:
    """Lines of JSON into a script and out of it.

    Raises:
        ToolMissing: there is no Node here, or the script broke.
    """
    if shutil.which("node") is None:
        raise ToolMissing(NO_NODE)
    text = "\n".join(json.dumps(line) for line in lines)
    path = (folder or HERE) / script
    ran = subprocess.run(["node", str(path)], input=text, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise ToolMissing(f"{script}: {ran.stderr[-600:]}")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def _line(case: Case, folder: Path) -> dict[str, Any]:
    file, trust = folder / f"{case.name}.zip", folder / f"{case.name}.trust.json"
    file.write_bytes(case.data)
    if case.trust is not None:
        trust.write_text(json.dumps(write_trust_file(case.trust)), "utf-8")
    return {
        "name": case.name,
        "file": str(file),
        "trust": str(trust) if case.trust is not None else None,
        "at": format_time(case.at),
    }


def _differences(name: str, ours: dict[str, Any], theirs: dict[str, Any] | None) -> list[str]:
    if theirs is None:
        return [f"{name}: the second verifier said nothing"]
    mine = {check["id"]: check for check in ours["checks"]}
    other = {check[1]: (check[2], check[3]) for check in theirs["checks"]}
    found = [
        f"{name}: {check}: we say {mine.get(check)}, the second verifier {other.get(check)}"
        for check in mine.keys() | other.keys()
        if mine.get(check, {}).get("verdict") != other.get(check, ("",))[0]
    ]
    if ours["exitCode"] != theirs["exit"]:
        found.append(f"{name}: our exit code is {ours['exitCode']}, the second verifier's {theirs['exit']}")
    return found
