"""Evidence: contracts judged from one bundle on one core; many that two connectors made, exported and judged again."""

import io
import os
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from connector.clock import SystemClock
from connector.contracts.bundle import BundleWriter, Scope
from connector.contracts.bundle_check import verify_bundle
from connector.trust.anchors import TrustFile, parse_trust_file
from tests.bench.processes import BenchError, forget_peak, peak, processor_time, resident
from tests.bench.space import Space
from tests.support.contracts import VERIFIED_AT, build_contract
from tests.support.members import NOW, make_members

_JUDGED: Final = 200
_SIGNATURES: Final = 2_000
_OF_ONE_CONTRACT: Final = 7
"""P, C, R, H, the statement and the checkpoints of two logs: what has to be verified of a contract without deliveries."""


@dataclass(frozen=True)
class Judged:
    """Contracts judged in a second of processor time, and what bare signature checks would allow."""

    contracts: int
    per_second: float
    floor_per_second: float
    bytes_each: int


@dataclass(frozen=True)
class Exported:
    """A bundle of many contracts.

    Attributes:
        seconds: until its last byte was here.
        processor: seconds of processor time of the connector for it; None where the system does not say.
        bytes: its size.
        extra: the memory that the connector took beyond what it had, in bytes.
    """

    seconds: float
    processor: float | None
    bytes: int
    extra: int | None


@dataclass(frozen=True)
class JudgedBundle:
    """That bundle, judged.

    Attributes:
        contracts: how many are in it.
        per_second: contracts in a second of processor time of one process.
        together: contracts in a second with a process for each processor.
        jobs: how many those were.
    """

    contracts: int
    per_second: float
    together: float
    jobs: int


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


def measure_export(made: Space, target: Path) -> Exported:
    """The consumer's contracts with the provider as one bundle, written to a file as it comes."""
    pid = made.consumer.process.pid
    before, spent_before = resident(pid), processor_time(pid)
    forget_peak(pid)
    began = time.perf_counter()
    with target.open("wb") as file, made.consumer.client() as client:
        size = client.evidence_bundle(file, partner=made.provider.did)
    spent = time.perf_counter() - began
    most, spent_after = peak(pid), processor_time(pid)
    return Exported(
        spent,
        None if spent_after is None or spent_before is None else spent_after - spent_before,
        size,
        None if most is None or before is None else most - before,
    )


def judge_export(made: Space, bundle: Path, contracts: int) -> JudgedBundle:
    """What was exported is judged by what an auditor has: the authority's trust file.

    Raises:
        BenchError: not every contract is verified.
    """
    with made.authority.client() as client:
        trust = parse_trust_file(client.trust())
    jobs = os.cpu_count() or 1
    processor = time.process_time()
    _judge_file(bundle, trust, contracts, jobs=1)
    processor = time.process_time() - processor
    wall = time.perf_counter()
    _judge_file(bundle, trust, contracts, jobs=jobs)
    wall = time.perf_counter() - wall
    return JudgedBundle(contracts, contracts / processor, contracts / wall, jobs)


def _judge_file(bundle: Path, trust: TrustFile, contracts: int, *, jobs: int) -> None:
    with bundle.open("rb") as file:
        verdict = verify_bundle(file, trust=trust, now=SystemClock().now(), jobs=jobs)
    if (verdict.outcome, verdict.facts["count"]) != ("verified", f"{contracts}"):
        raise BenchError(f"the exported bundle is {verdict.outcome}: {verdict.to_json()}")


def _bare() -> float:
    """Ed25519 signatures verified in a second of processor time."""
    key = make_members().provider.contract.key
    message = bytes(64)
    signature, public = key.sign(message), key.public
    began = time.process_time()
    for _ in range(_SIGNATURES):
        public.verify(signature, message)
    return _SIGNATURES / (time.process_time() - began)
