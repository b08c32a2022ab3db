"""What was found in a file, line by line, for a person."""

from catalog.found import FoundFacts
from catalog.profile.axes import TimeAxis
from catalog.profile.result import ColumnProfile, TableProfile
from catalog.texts import say, say_duration, say_or

_LISTED = 12


def describe_found(found: FoundFacts, lang: str) -> list[str]:
    """All lines about a file: first the facts, then what to look at.

    Args:
        found: what was found.
        lang: `ko` or `en`.
    """
    return [*_facts(found, lang), *warnings_about(found.profile, lang)]


def _facts(found: FoundFacts, lang: str) -> list[str]:
    profile = found.profile
    table = say(
        "found.table",
        lang,
        rows=f"{profile.rows:,}",
        columns=f"{len(profile.columns):,}",
        cells=f"{profile.cells:,}",
        form=_form(found, lang),
    )
    lines = [table, say("found.size", lang, bytes=f"{found.byte_size:,}", digest=found.digest)]
    if profile.time is not None:
        lines += _time(profile.time, lang)
    if profile.steps is not None and profile.time is None:
        steps = profile.steps
        values = {"column": steps.column, "first": str(steps.first), "restarts": f"{steps.restarts:,}"}
        if steps.group is None:
            lines.append(say("found.steps", lang, **values))
        else:
            lines.append(say("found.steps-in", lang, group=steps.group, **values))
    if profile.keys:
        keys = say("found.or", lang).join(" + ".join(key) for key in profile.keys[:3])
        key = "found.key" if profile.compared_rows == profile.rows else "found.key-partly"
        lines.append(
            say(key, lang, keys=keys, **({} if key == "found.key" else {"compared": f"{profile.compared_rows:,}"}))
        )
    if profile.rows and not profile.missing:
        lines.append(say("found.no-missing", lang))
    units = [f"{column.name} → {column.unit}" for column in profile.columns if column.unit is not None]
    lines.append(say("found.units", lang, units=_list(units)) if units else say("found.no-units", lang))
    return lines


def _form(found: FoundFacts, lang: str) -> str:
    if found.sheet is not None:
        return say("found.sheet", lang, sheet=found.sheet)
    encoding, delimiter = found.encoding or "", found.delimiter or ""
    return ", ".join(
        (say_or(f"encoding.{encoding}", lang, encoding), say_or(f"delimiter.{delimiter}", lang, delimiter))
    )


def _time(axis: TimeAxis, lang: str) -> list[str]:
    start, end = (moment.replace("T", " ") for moment in (axis.start, axis.end))
    lines = [say("found.time", lang, column=axis.column, form=axis.form, start=start, end=end)]
    if axis.interval_ms is not None:
        gaps = say("found.no-gaps", lang)
        if axis.gaps:
            longest = say_duration(axis.longest_gap_ms or 0, lang)
            gaps = say("found.longest-gap", lang, gaps=f"{axis.gaps:,}", longest=longest)
        interval, percent = say_duration(axis.interval_ms, lang), str(axis.fitting_percent)
        lines.append(say("found.interval", lang, interval=interval, percent=percent, gaps=gaps))
    return lines


def warnings_about(profile: TableProfile, lang: str) -> list[str]:
    """What an owner should look at before publishing, most general first; empty when nothing was seen."""
    lines = [*_about_time(profile.time, lang), *_about_rows(profile, lang)]
    for column in profile.columns:
        lines += _about_column(column, lang)
    for guess in ("person", "contact", "customer", "set-point"):
        columns = [column.name for column in profile.columns if column.sensitive == guess]
        if columns:
            lines.append(say("warning.sensitive", lang, guess=say(f"sensitive.{guess}", lang), columns=_list(columns)))
    return lines


def _about_time(axis: TimeAxis | None, lang: str) -> list[str]:
    lines: list[str] = []
    if axis is None:
        return lines
    if axis.ambiguous:
        lines.append(say("warning.ambiguous", lang, column=axis.column, form=axis.form))
    if axis.back and axis.back == axis.rolled:
        lines.append(say("warning.back-daily", lang, back=f"{axis.back:,}"))
    elif axis.back:
        lines.append(say("warning.back", lang, back=f"{axis.back:,}", column=axis.column))
    if axis.same:
        lines.append(say("warning.same-time", lang, same=f"{axis.same:,}"))
    return lines


def _about_rows(profile: TableProfile, lang: str) -> list[str]:
    lines: list[str] = []
    if profile.missing:
        worst = max(profile.columns, key=lambda column: column.missing)
        values = {"missing": profile.missing, "cells": profile.cells, "most": worst.missing, "rows": profile.rows}
        texts = {key: f"{value:,}" for key, value in values.items()}
        lines.append(say("warning.missing", lang, column=worst.name, **texts))
    if profile.duplicate_rows:
        count, compared = f"{profile.duplicate_rows:,}", f"{profile.compared_rows:,}"
        if profile.compared_rows == profile.rows:
            lines.append(say("warning.duplicates", lang, count=count))
        else:
            lines.append(say("warning.duplicates-partly", lang, count=count, compared=compared))
    if profile.constant_columns:
        lines.append(say("warning.constant", lang, columns=_list(profile.constant_columns)))
    empty = [column.name for column in profile.columns if profile.rows and column.missing == profile.rows]
    if empty:
        lines.append(say("warning.empty", lang, columns=_list(empty)))
    return lines


def _about_column(column: ColumnProfile, lang: str) -> list[str]:
    lines: list[str] = []
    if column.null_codes:
        codes = ", ".join(f"'{code}'" for code in column.null_codes)
        lines.append(say("warning.null-codes", lang, column=column.name, codes=codes))
    if column.nearly is not None:
        nearly, misfits, row = (
            say(f"datatype.{column.nearly}", lang),
            f"{column.misfits:,}",
            f"{column.misfit_row or 0:,}",
        )
        misfit = (column.misfit or "")[:40]
        lines.append(
            say("warning.nearly", lang, column=column.name, nearly=nearly, misfits=misfits, misfit=misfit, row=row)
        )
    return lines


def _list(names: list[str] | tuple[str, ...]) -> str:
    shown = ", ".join(names[:_LISTED])
    return shown if len(names) <= _LISTED else f"{shown} … (+{len(names) - _LISTED:,})"
