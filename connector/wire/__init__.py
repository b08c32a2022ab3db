"""The wire format: the only room that knows JSON-LD."""
