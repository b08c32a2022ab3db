"""Plays the scripts: a task for each process reacts to its changes with the next line, after a pause."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

from connector.canonical import JsonObject
from connector.ports.store import UnitOfWork
from connector.protocol import negotiation as negotiating
from connector.protocol import transfer as transferring
from connector.protocol.negotiation import ContractNegotiation, Duty
from connector.protocol.transfer import TransferProcess
from connector.services.decisions import Accept, Agree, Go, Offer, Step, TransferStep, Wait
from connector.services.errors import Conflict
from connector.web.deps import Connector
from tests.conformance.dsp.scripts import AS_CONSUMER, AS_PROVIDER, RECEIVING, SENDING, Do, Line, Script

Act = Callable[[str], Awaitable[object]]
_TERMINAL = negotiating.TERMINAL | transferring.TERMINAL
_WAIT = 60.0
_log = logging.getLogger(__name__)


class Director:
    """Hands every decision to its script. `connector` is set before anything arrives."""

    def __init__(self, pause: float) -> None:
        self.connector: Connector
        self._pause = pause
        self._playing: dict[str, asyncio.Task[None]] = {}

    async def negotiate(
        self, *, provider: str, root: str, dataset: str, offer: JsonObject, described: JsonObject
    ) -> str:
        """As consumer: begin, and play the data set's script."""
        begun = await self.connector.negotiations.begin(
            provider=provider, provider_root=root, dataset=dataset, offer=offer, described=described
        )
        self.play_negotiation(begun.id, AS_CONSUMER.get(dataset, ()))
        return begun.id

    async def transfer(self, agreement: str, root: str) -> str:
        """As consumer: ask for a transfer, and play the agreement's script."""
        begun = await self.connector.transfers.request(agreement, provider_root=root)
        self.play_transfer(begun.id, RECEIVING.get(agreement, ()))
        return begun.id

    async def stop(self) -> None:
        """End what is still being played."""
        for task in self._playing.values():
            task.cancel()
        await asyncio.gather(*self._playing.values(), return_exceptions=True)

    def play_negotiation(self, pid: str, script: Script) -> None:
        """Play a script, once for each negotiation."""
        negotiations = self.connector.negotiations
        acts: dict[Do, Act] = {
            Do.OFFER: lambda pid: negotiations.answer(pid, lambda _, n: Offer(n.offer)),
            Do.ACCEPT: lambda pid: negotiations.answer(pid, lambda _unit, _n: Accept()),
            Do.AGREE: lambda pid: negotiations.answer(pid, _agree),
            Do.GO: lambda pid: negotiations.answer(pid, lambda _unit, _n: Go()),
            Do.TERMINATE: lambda pid: negotiations.terminate(pid, code="script", reason="so says the script"),
        }
        self._play(pid, self._run(pid, script, acts, lambda unit: unit.negotiations.get(pid)))

    def play_transfer(self, pid: str, script: Script) -> None:
        """Play a script, once for each transfer."""
        transfers = self.connector.transfers
        acts: dict[Do, Act] = {
            Do.START: transfers.start,
            Do.SUSPEND: lambda pid: transfers.suspend(pid, code="script", reason="so says the script"),
            Do.RESUME: transfers.resume,
            Do.COMPLETE: transfers.complete,
            Do.TERMINATE: lambda pid: transfers.terminate(pid, code="script", reason="so says the script"),
        }
        self._play(pid, self._run(pid, script, acts, lambda unit: unit.transfers.get(pid)))

    def _play(self, pid: str, play: Coroutine[Any, Any, None]) -> None:
        if pid in self._playing:
            play.close()
        else:
            self._playing[pid] = asyncio.get_running_loop().create_task(play)

    async def _run(
        self,
        pid: str,
        script: Script,
        acts: dict[Do, Act],
        find: Callable[[UnitOfWork], ContractNegotiation | TransferProcess | None],
    ) -> None:
        for line in script:
            if not await self._reached(pid, line, find):
                return
            await asyncio.sleep(self._pause)
            try:
                await acts[line.do](pid)
            except Conflict as conflict:
                _log.warning("%s cannot %s: %s", pid, line.do.value, conflict)
                return

    async def _reached(
        self, pid: str, line: Line, find: Callable[[UnitOfWork], ContractNegotiation | TransferProcess | None]
    ) -> bool:
        while True:
            process = await self.connector.store.read(find)
            if process is not None and process.state is line.when and not process.pending:
                return True
            if process is not None and process.state in _TERMINAL:
                return False
            await self.connector.changes.wait(pid, _WAIT)


class NegotiationCues:
    """The port `Decider`: whenever it is our turn, the script has the word."""

    def __init__(self, director: Director) -> None:
        self._director = director

    def next_step(self, unit: UnitOfWork, negotiation: ContractNegotiation, duty: Duty, now: datetime) -> Step:
        """Nothing at once."""
        del unit, duty, now
        if negotiation.dataset in AS_PROVIDER:
            self._director.play_negotiation(negotiation.id, AS_PROVIDER[negotiation.dataset])
        return Wait()


class TransferCues:
    """The port `TransferDecider`, likewise."""

    def __init__(self, director: Director) -> None:
        self._director = director

    def next_step(self, unit: UnitOfWork, transfer: TransferProcess, now: datetime) -> TransferStep:
        """Nothing at once."""
        del unit, now
        self._director.play_transfer(transfer.id, SENDING.get(transfer.agreement, ()))
        return Wait()


def _agree(unit: UnitOfWork, negotiation: ContractNegotiation) -> Step:
    dataset = unit.datasets.get(negotiation.dataset)
    return Agree(negotiation.offer, dataset.description if dataset is not None else {})
