"""Where a published data set stands in the catalog: for whom, and under which facts filters find it."""

from catalog.facts import facts_of, indexed_values
from catalog.parse import parse_dataset
from connector.ports.records import EVERYBODY, DatasetRecord, Listing, Position
from connector.ports.store import UnitOfWork


def list_dataset(unit: UnitOfWork, record: DatasetRecord) -> None:
    """Put a data set into the catalog, in the unit of work that publishes it."""
    facts = facts_of(parse_dataset(record.description))
    audiences = [EVERYBODY] if record.visible_to is None else [did for did in record.visible_to if did != EVERYBODY]
    unit.catalog.add(Listing(Position(record.published_at, record.id), facts), audiences, indexed_values(facts))
