"""What is kept of each kind of record, for how long, why, and what still proves afterwards."""
