"""SQLModel tables, units of work, migrations. It keeps entities and bytes; it does not interpret them."""
