"""Evidence: contracts judged from one bundle on one core, and the export of many with what memory it takes."""

import io
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from connector.contracts.bundle import BundleWriter, Scope
from connector.contracts.bundle_check import verify_bundle
from tests.bench.processes import BenchError, forget_peak, peak, resident
from tests.bench.space import Space
from tests.bench.stored import fill
from tests.support.contracts import VERIFIED_AT, build_contract
from tests.support.members import NOW, make_members

_JUDGED: Final = 200
_SIGNATURES: Final = 2_000
_OF_ONE_CONTRACT: Final = 8
"""P, C, R, H, the statement and three checkpoints: what has to be verified of a contract without deliveries."""


@dataclass(frozen=True)
class Judged:
    """Contracts judged in a second of processor time, and what bare signature checks would allow."""

    contracts: int
    per_second: float
    floor_per_second: float
    bytes_each: int


@dataclass(frozen=True)
class Exported:
    """A bundle of many contracts: seconds, bytes, and what memory the connector took beyond what it had."""

    contracts: int
    seconds: float
    bytes: int
    extra: int | None


def measure_judging() -> Judged:
    """A bundle of `_JUDGED` contracts between two members, in memory; processor time of this process."""
    members = make_members()
    lists = (members.status_list(),)
    writer = BundleWriter(Scope(), members.consumer.did, members.consumer.contract, NOW + timedelta(days=2))
    pieces = []
    for number in range(_JUDGED):
        name = f"urn:uuid:{number:08d}-0000-4000-8000-000000000000"
        contract = build_contract(members, agreement_id=name, deliveries=0, withdrawn=False, status_lists=lists)
        pieces.append(writer.add(name, contract.evidence()))
    data = b"".join([*pieces, *writer.finish()])
    outcomes: Counter[str] = Counter()
    began = time.process_time()
    verdict = verify_bundle(
        io.BytesIO(data),
        trust=members.trust(),
        now=VERIFIED_AT,
        told=lambda _, __, ___, one: outcomes.update([one.outcome]),
    )
    spent = time.process_time() - began
    if verdict.exit_code != 0 or outcomes["verified"] != _JUDGED:
        raise BenchError(f"the bundle is {verdict.outcome}: {dict(outcomes)}")
    return Judged(_JUDGED, _JUDGED / spent, _bare() / _OF_ONE_CONTRACT, len(data) // _JUDGED)


def measure_export(made: Space, target: Path, *, contracts: int) -> Exported:
    """The consumer's contracts as one bundle, written to a file as it comes."""
    fill(made.consumer.folder, contracts - 1)
    pid = made.consumer.process.pid
    before = resident(pid)
    forget_peak(pid)
    began = time.perf_counter()
    with target.open("wb") as file, made.consumer.client() as client:
        size = client.evidence_bundle(file, partner=made.provider.did)
    spent = time.perf_counter() - began
    most = peak(pid)
    return Exported(contracts, spent, size, None if most is None or before is None else most - before)


def _bare() -> float:
    """Ed25519 signatures verified in a second of processor time."""
    key = make_members().provider.contract.key
    message = bytes(64)
    signature, public = key.sign(message), key.public
    began = time.process_time()
    for _ in range(_SIGNATURES):
        public.verify(signature, message)
    return _SIGNATURES / (time.process_time() - began)
