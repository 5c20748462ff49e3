"""Figures as Parquet: exact decimals, SDMX concept names, and what they mean in the file's own metadata."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.parquet as pq

from halfsky.observations.columns import COLUMNS, HEADER, cells
from halfsky.observations.model import Nature, Observation
from halfsky.plan import Plan
from halfsky.plan.wording import UNITS

_DECIMAL = pa.decimal128(24, 8)
_TYPES = {"TIME_PERIOD": pa.int16(), "OBS_VALUE": _DECIMAL, "NUMERATOR": _DECIMAL, "DENOMINATOR": _DECIMAL}


def write_parquet(observations: Iterable[Observation], *, plan: Plan) -> bytes:
    """A table of fifteen columns, numbers as decimal128(24, 8); blanks are null.

    The schema's metadata tell the plan, the meaning of every column, the unit and definition of every indicator in
    the file, the sources cited, and whether any figure is demonstration data 演示数据.
    """
    held = list(observations)
    rows = [cells(plan, o) for o in held]
    columns = {name: [row[i] or None for row in rows] for i, name in enumerate(HEADER)}
    numbers = {"OBS_VALUE": "value", "NUMERATOR": "numerator", "DENOMINATOR": "denominator"}
    arrays = [
        pa.array([getattr(o, numbers[name]) for o in held], _DECIMAL) if name in numbers
        else pa.array([o.year for o in held], pa.int16()) if name == "TIME_PERIOD"
        else pa.array(columns[name], pa.string())
        for name in HEADER
    ]  # fmt: skip
    used = [plan.indicator[name] for name in dict.fromkeys(o.series.indicator for o in held)]
    demonstration = any(o.nature is Nature.DEMO for o in held)
    told = {
        "plan": {"id": plan.id, "title_zh": plan.title.zh, "title_en": plan.title.en},
        "columns": {c.name: {"zh": c.holds.zh, "en": c.holds.en} for c in COLUMNS},
        "indicators": {
            i.id: {
                "name_zh": i.name.zh, "name_en": i.name.en, "unit": i.unit.value, "unit_zh": UNITS[i.unit].zh,
                "definition_zh": i.definition.zh, "definition_en": i.definition.en,
            }
            for i in used
        },
        "sources": sorted({o.source for o in held if o.source}),
        "demonstration": "演示数据：由系统生成，不是真实统计数据 generated, not statistics" if demonstration else "",
    }  # fmt: skip
    schema = pa.schema(
        [pa.field(name, _TYPES.get(name, pa.string())) for name in HEADER],
        metadata={"halfsky": json.dumps(told, ensure_ascii=False)},
    )
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), out, compression="zstd")
    return out.getvalue()
