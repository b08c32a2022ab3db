"""Readers of files: a file in, record batches and facts out, in bounded memory. Opened by content, not by name."""

from connector.dataplane.sources.errors import SourceError
from connector.dataplane.sources.inspect import count_rows, inspect_file
from connector.dataplane.sources.opening import open_table
from connector.dataplane.sources.table import SourceFormat, TableSource

__all__ = ["SourceError", "SourceFormat", "TableSource", "count_rows", "inspect_file", "open_table"]
