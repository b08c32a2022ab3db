"""Facts about a table from one reading of its rows. Files are opened elsewhere (`connector.dataplane.sources`)."""

from catalog.profile.batch import Cell, RecordBatch
from catalog.profile.profiler import Profiler
from catalog.profile.result import ColumnProfile, StepAxis, TableProfile, TimeAxis

__all__ = ["Cell", "ColumnProfile", "Profiler", "RecordBatch", "StepAxis", "TableProfile", "TimeAxis"]
