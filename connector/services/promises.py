"""What keeps contracts that are in force, put together: their end, suspension, duties, deletion, named people."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from connector.clock import Clock
from connector.ports.records import ContractRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.changes import Changes
from connector.services.deletions import Deletions
from connector.services.endings import Endings
from connector.services.identity import Identity
from connector.services.notices import Notices
from connector.services.obligations import Obligations
from connector.services.outbox import Outbox
from connector.services.people_lists import PeopleLists
from connector.services.suspensions import Suspensions
from connector.services.transfers.pausing import Pausing
from connector.services.transfers.steps import Steps


class Promises:
    """The services that speak by notices; each takes the kinds of notices that are its own."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        clock: Clock,
        changes: Changes,
        notices: Notices,
        outbox: Outbox,
        steps: Steps,
        received: Path,
        protocol_root: Callable[[UnitOfWork, ContractRecord], str],
        remind_before: timedelta,
        overdue_blocks: bool,
    ) -> None:
        """Put them together.

        Args:
            identity: who we are.
            store: where everything is kept.
            clock: the time.
            changes: whom to tell.
            notices: what writes and takes notices.
            outbox: for what goes beside them.
            steps: how transfers end, pause and go on with their contracts.
            received: the folder of what was received.
            protocol_root: where the other side of a contract takes messages.
            remind_before: how long before its day a duty is first reminded of.
            overdue_blocks: whether we deliver nothing while the consumer owes us what is overdue.
        """
        self.endings = Endings(identity, store=store, clock=clock, changes=changes, notices=notices)
        self.endings.stop = steps.stop_all
        pausing = Pausing(steps, identity.did)
        self.suspensions = Suspensions(identity, store=store, clock=clock, changes=changes, notices=notices)
        self.suspensions.pause, self.suspensions.go_on = pausing.pause_all, pausing.continue_all
        self.deletions = Deletions(store=store, clock=clock, changes=changes, notices=notices, folder=received)
        self.obligations = Obligations(
            store=store,
            clock=clock,
            changes=changes,
            notices=notices,
            endings=self.endings,
            deletions=self.deletions,
            remind_before=remind_before,
            overdue_blocks=overdue_blocks,
        )
        self.people_lists = PeopleLists(
            identity,
            store=store,
            clock=clock,
            changes=changes,
            notices=notices,
            outbox=outbox,
            protocol_root=protocol_root,
        )
