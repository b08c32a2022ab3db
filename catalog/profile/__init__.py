"""Facts about a table from one reading of its rows. Files are opened elsewhere (`connector.dataplane.sources`)."""

from catalog.profile.axes import StepAxis, TimeAxis
from catalog.profile.batch import Cell, RecordBatch
from catalog.profile.profiler import Profiler
from catalog.profile.result import ColumnProfile, TableProfile

__all__ = ["Cell", "ColumnProfile", "Profiler", "RecordBatch", "StepAxis", "TableProfile", "TimeAxis"]
