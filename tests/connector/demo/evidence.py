"""Evidence files for the forger's tests: two contracts of the same parties, in memory, judged by the product."""

import io
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from connector.contracts.evidence import Verdict, verify_evidence
from connector.demo.changes import Material
from connector.demo.parts import Parts, read_parts, write_parts
from tests.support.contracts import VERIFIED_AT, build_contract
from tests.support.members import Members, make_members


@cache
def members() -> Members:
    return make_members()


@cache
def _evidence(number: int) -> bytes:
    agreement = f"urn:uuid:1111111{number}-1111-4111-8111-111111111111"
    return build_contract(members(), agreement_id=agreement, withdrawn=False).evidence()


def parts(number: int = 1) -> Parts:
    """The files in the evidence of the first or the second contract."""
    with zipfile.ZipFile(io.BytesIO(_evidence(number))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def material() -> Material:
    return Material(parts(2), members().consumer.did, "did:web:outsider.example")


def judge(changed: Mapping[str, bytes], folder: Path) -> Verdict:
    """The verdict on these files, written and read as the demo does it, by who knows the authority."""
    file = folder / "changed.zip"
    write_parts(changed, file)
    assert read_parts(file) == dict(changed)
    return verify_evidence(file.read_bytes(), trust=members().trust(), now=VERIFIED_AT)
