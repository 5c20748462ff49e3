"""A tidy panel of yearly figures as arrays: one row for a series, one column for a year."""

from __future__ import annotations

import csv
import gzip
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from halfsky.assess import scales
from halfsky.assess.scales import Floats, Ints, Scales

COLUMNS = ("source", "indicator", "unit", "region", "sex", "year", "value", "nature", "dims", "family")

_PERCENT = re.compile(r"%|^pt$|percent", re.IGNORECASE)
_COUNT = re.compile(r"^number|^persons?$|^count|inhabitants|currency|usd|sek|eur|thousand|million", re.IGNORECASE)


class PanelError(ValueError):
    """The file is not a panel; the message says where and what to do."""


@dataclass(frozen=True)
class Panel:
    """S series in Y consecutive years; ``values`` (S, Y) with NaN where there is no figure."""

    values: Floats
    years: Ints
    indicator: Ints  # (S,) index into ``indicators``
    indicators: tuple[str, ...]
    families: tuple[str, ...]  # of each indicator
    counted: tuple[bool, ...]  # of each indicator: sizes differ between places, moves are relative
    scale: Scales
    top: Floats
    place: tuple[str, ...]  # source and region of each series

    def only(self, families: frozenset[str]) -> Panel:
        """The panel of some families."""
        keep = np.array([self.families[i] in families for i in self.indicator])
        return Panel(
            self.values[keep], self.years, self.indicator[keep], self.indicators, self.families, self.counted,
            self.scale[keep], self.top[keep], tuple(p for p, k in zip(self.place, keep, strict=True) if k),
        )  # fmt: skip


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.GzipFile(path), encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def read(path: Path) -> Panel:
    """Read a panel, plain or gzipped CSV with the columns of :data:`COLUMNS`.

    Raises:
        PanelError: when a column is missing, a year or value cannot be read, or a figure comes twice.
    """
    series: dict[tuple[str, ...], dict[int, float]] = {}
    indicators: dict[str, tuple[str, str]] = {}
    with _opened(path) as stream:
        reader = csv.DictReader(stream)
        missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
        if missing:
            raise PanelError(f"{path.name}: columns missing: {', '.join(missing)}")
        for line, row in enumerate(reader, start=2):
            name = f"{row['source']}:{row['indicator']}"
            indicators.setdefault(name, (row["unit"], row["family"]))
            mine = series.setdefault((name, row["region"], row["sex"], row["dims"]), {})
            try:
                year, value = int(row["year"]), float(row["value"])
            except ValueError:
                raise PanelError(f"{path.name} line {line}: year or value is not a number") from None
            if not np.isfinite(value):
                raise PanelError(f"{path.name} line {line}: the value is not finite; leave the row out")
            if year in mine:
                raise PanelError(f"{path.name} line {line}: a second figure of {name} in {year}")
            mine[year] = value
    if not series:
        raise PanelError(f"{path.name}: no figures")
    return _arranged(series, indicators)


def _arranged(series: dict[tuple[str, ...], dict[int, float]], indicators: dict[str, tuple[str, str]]) -> Panel:
    every = [year for mine in series.values() for year in mine]
    years = np.arange(min(every), max(every) + 1)
    names = sorted(indicators)
    number = {name: i for i, name in enumerate(names)}
    keys = sorted(series)
    values = np.full((len(keys), len(years)), np.nan)
    for row, key in enumerate(keys):
        for year, value in series[key].items():
            values[row, year - years[0]] = value
    indicator = np.array([number[key[0]] for key in keys], dtype=np.int64)
    scale, top = np.zeros(len(keys), dtype=np.int8), np.ones(len(keys))
    for i, name in enumerate(names):
        rows = indicator == i
        unit = indicators[name][0]
        lowest, highest = np.nanmin(values[rows]), np.nanmax(values[rows])
        if _PERCENT.search(unit) and lowest >= 0 and highest <= 101:  # rounding
            scale[rows], top[rows] = scales.LOGIT, 100.0
        elif lowest >= 0:
            scale[rows] = scales.LOG
    return Panel(
        values=values,
        years=years,
        indicator=indicator,
        indicators=tuple(names),
        families=tuple(indicators[name][1] for name in names),
        counted=tuple(bool(_COUNT.search(indicators[name][0])) for name in names),
        scale=scale,
        top=top,
        place=tuple(f"{key[0].split(':')[0]}:{key[1]}" for key in keys),
    )
