"""`kill -9` of either connector, as processes with their files: after a restart everything goes on, once."""

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bench.management import part
from tests.bench.processes import BenchError, end, wait_until_up
from tests.bench.pulls import write_table
from tests.bench.space import PURPOSE, Member, Space, serving, space

pytestmark = pytest.mark.processes
_PATIENCE = 180.0
_BEGUN = 24
_SIDES = ("provider", "consumer")


def ask(member: Member, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {member.token}"}
    with httpx.Client(timeout=70, trust_env=False) as client:
        answer = client.request(method, f"{member.url}/management/v1{path}", json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()


def killed_and_started(trading: Space, side: str) -> Space:
    member: Member = getattr(trading, side)
    os.kill(member.process.pid, signal.SIGKILL)
    member.process.wait()
    process = serving(member.folder)
    try:
        wait_until_up(process, member.management_port, "/health")
    except BenchError:
        end(process)
        raise
    return replace(trading, **{side: replace(member, process=process)})


def until(true: Callable[[], bool]) -> bool:
    end_of_patience = time.monotonic() + _PATIENCE
    while not true():
        if time.monotonic() > end_of_patience:
            return False
        time.sleep(0.1)
    return True


def begin(trading: Space, dataset: str) -> str | None:
    """A negotiation's id; None when the connector died before it could answer."""
    try:
        wanted = {"provider": trading.provider.did, "dataset": dataset, "offer": None}
        return str(ask(trading.consumer, "POST", "/negotiations", wanted)["id"])
    except httpx.HTTPError:
        return None


def all_complete(trading: Space) -> bool:
    negotiations = ask(trading.consumer, "GET", "/negotiations")
    contracts = [ask(getattr(trading, side), "GET", "/contracts") for side in _SIDES]
    over = all(n["state"] == "FINALIZED" for n in negotiations)
    return over and all(c["state"] == "complete" for held in contracts for c in held)


def test_negotiations_go_on_after_kill_9_of_either_side(tmp_path: Path) -> None:
    file = tmp_path / "small.csv"
    write_table(file, 100_000)
    with space(tmp_path / "space") as begun_with:
        trading = begun_with
        dataset = trading.publish(file)
        answered: list[str | None] = []
        for side in _SIDES:
            with ThreadPoolExecutor(8) as several:
                beginning = [several.submit(begin, trading, dataset) for _ in range(_BEGUN)]
                assert until(lambda: bool(ask(trading.provider, "GET", "/negotiations")))  # noqa: B023 - called here
                trading = killed_and_started(trading, side)
                answered += [future.result() for future in beginning]
        try:
            assert until(lambda: all_complete(trading))
            ours, theirs = (ask(getattr(trading, side), "GET", "/contracts") for side in _SIDES)
            begun = {n["id"] for n in ask(trading.consumer, "GET", "/negotiations")}
            assert {c["id"] for c in ours} == {c["id"] for c in theirs}
            assert len(ours) == len(begun)  # one agreement for each, and none twice
            assert {name for name in answered if name is not None} <= begun  # none that was answered is lost
        finally:
            end(trading.provider.process)
            end(trading.consumer.process)


@pytest.mark.parametrize("side", _SIDES)
def test_a_pull_goes_on_after_kill_9_and_is_counted_once(tmp_path: Path, side: str) -> None:
    file = tmp_path / "large.csv"
    write_table(file, 60_000_000)
    with space(tmp_path / "space") as begun_with:
        trading = begun_with
        dataset = trading.publish(file)
        file.unlink()
        negotiation = begin(trading, dataset)
        path = f"/negotiations/{part(str(negotiation))}?wait=30&until=FINALIZED"
        contract = ask(trading.consumer, "GET", path)["contract"]
        fetch = {"contract": contract, "purpose": PURPOSE}
        delivery = f"/deliveries/{part(ask(trading.consumer, 'POST', '/deliveries', fetch)['id'])}"
        assert until(lambda: bool(ask(trading.consumer, "GET", delivery)["bytes"]))
        trading = killed_and_started(trading, side)
        try:
            assert until(lambda: ask(trading.consumer, "GET", delivery)["state"] == "complete")
            view = ask(trading.consumer, "GET", delivery)
            assert view["digest"] == view["expectedDigest"]
            assert ask(trading.provider, "GET", f"/contracts/{part(contract)}")["usesReserved"] == 1
        finally:
            end(trading.provider.process)
            end(trading.consumer.process)
