"""Foreign programs on the parts of an evidence file: the W3C's suite in Node, Go's transparency log."""

import copy
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from connector.canonical import parse_json
from connector.contracts.vocabulary import PROVIDER, ROLES
from connector.trust.credentials import read_membership
from tests.conformance.evidence.foreign import HERE, NO_NODE, ToolMissing, node

Named: TypeAlias = tuple[str, Mapping[str, bytes]]
"""An evidence file: its name and its files."""
_PACKAGES: Final = (
    "@digitalbazaar/data-integrity@2",
    "@digitalbazaar/eddsa-jcs-2022-cryptosuite@1",
    "@digitalbazaar/ed25519-multikey@1",
    "jsonld-signatures@11",
)
_MODULE: Final = "golang.org/x/mod@v0.27.0"
_NO_NPM: Final = "The W3C's suite is installed with npm (npm on the PATH, and a registry that it reaches)"
_NO_GO: Final = (
    "The proofs of the log are checked with Go 1.23 or newer (go on the PATH, and a module proxy that it reaches)"
)
_SIGNED: Final = re.compile(r"signatures/[PCRT]\.json|notices/\w+/\d+\.json|statement\.json")


def check_signatures(files: Sequence[Named], folder: Path) -> tuple[int, list[str]]:
    """Every signed document with the W3C's suite, and each again with one value changed: how many, and who differs.

    Raises:
        ToolMissing: no Node, no npm, or no registry.
    """
    _install_node(folder)
    lines = [line for name, parts in files for line in _documents(name, parts)]
    changed = []
    for line in lines:
        other = copy.deepcopy(line)
        other["document"]["credentialSubject"]["id"] += "x"
        changed.append({**other, "name": f"{line['name']}, changed"})
    said = {answer["name"]: answer for answer in node("signatures.mjs", lines + changed, folder)}
    found = [f"{line['name']}: {said[line['name']]['error']}" for line in lines if not said[line["name"]]["verified"]]
    found += [f"{line['name']} is verified all the same" for line in changed if said[line["name"]]["verified"]]
    return len(lines), found


def check_logs(files: Sequence[Named], folder: Path) -> tuple[int, list[str]]:
    """Every inclusion proof with Go's sumdb, and each again with another entry: how many, and what differs.

    Raises:
        ToolMissing: no Go, or no module proxy.
    """
    program, checked, found = _build_go(folder), 0, []
    for name, parts in files:
        for role in ROLES:
            entry, proof = (parts.get(f"log/{role}/{part}") for part in ("entry.json", "proof.tlog"))
            if entry is None or proof is None:
                continue
            checked += 1
            vkey = _vkey(parts, role)
            if not _in_log(program, folder, entry, proof, vkey):
                found.append(f"{name}: log/{role}: sumdb does not accept the proof")
            if _in_log(program, folder, entry + b" ", proof, vkey):
                found.append(f"{name}: log/{role}: sumdb accepts another entry")
    return checked, found


def _documents(name: str, parts: Mapping[str, bytes]) -> Iterator[dict[str, Any]]:
    agreement = parse_json(parts["agreement.json"])
    for path, data in parts.items():
        if _SIGNED.fullmatch(path):
            document = parse_json(data)
            role = PROVIDER if document["issuer"] == agreement["assigner"] else "consumer"
            key = read_membership(parts[f"memberships/{role}.jwt"].decode("ascii")).contract_key
            yield {"name": f"{name}: {path}", "document": document, "key": key.multikey()}


def _vkey(parts: Mapping[str, bytes], role: str) -> str:
    """The log's key as notes name it: origin, key id, algorithm 1 and key."""
    import base64
    import hashlib

    membership = read_membership(parts[f"memberships/{role}.jwt"].decode("ascii"))
    raw = b"\x01" + membership.log_key.raw()
    key_id = hashlib.sha256(membership.log_origin.encode() + b"\n" + raw).digest()[:4]
    return f"{membership.log_origin}+{key_id.hex()}+{base64.b64encode(raw).decode()}"


def _in_log(program: Path, folder: Path, entry: bytes, proof: bytes, vkey: str) -> bool:
    paths = folder / "entry.json", folder / "proof.tlog"
    for path, data in zip(paths, (entry, proof), strict=True):
        path.write_bytes(data)
    return subprocess.run([program.resolve(), *paths, vkey], capture_output=True, check=False).returncode == 0


def _install_node(folder: Path) -> None:
    if shutil.which("node") is None:
        raise ToolMissing(NO_NODE)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "signatures.mjs", folder)
    (folder / "package.json").write_text(json.dumps({"private": True, "type": "module"}), "utf-8")
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *_PACKAGES]
    _run(command, folder, _NO_NPM)


def _build_go(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "sumdb.go", folder / "main.go")
    if not (folder / "go.mod").exists():
        _run(["go", "mod", "init", "conformance"], folder, _NO_GO)
    _run(["go", "get", _MODULE], folder, _NO_GO)
    _run(["go", "build", "-o", "sumdb", "."], folder, _NO_GO)
    return folder / "sumdb"


def _run(command: list[str], folder: Path, missing: str) -> None:
    if shutil.which(command[0]) is None:
        raise ToolMissing(f"{missing}.")
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise ToolMissing(f"{missing}: {(ran.stderr or ran.stdout).strip()[-400:]}")
