"""The Dataspace Protocol without I/O: messages, tables, bindings."""
