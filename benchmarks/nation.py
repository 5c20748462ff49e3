"""One nation-sized year from a tidy file into PostgreSQL, beside plain COPY and executemany of the same rows.

    python -m benchmarks.nation [--counties 2850] [--indicators 120] [--by-executemany 100000]

Writes a plan of a nation (provinces, cities, counties; rates with numerator and denominator, and amounts) and one year of
figures of every county and indicator, of women and of men, as a tidy CSV. A process of its own does with it what ``halfsky
figures import`` does: reads and checks the file, stores the figures and their event, and, a second time, finds that they are
all there; its memory is its peak resident set. Another process then stores the same rows into a table of the same columns,
constraints and indexes by plain ``COPY`` and (some of them) by ``executemany``, and into a bare table by ``COPY``: the limit.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.house import Home, database, load

PLAN, YEAR = "nation-2021-2030", 2025
_RATES = (("percent", 100), ("per_1000", 1_000), ("per_100k", 100_000))
_LEVELS = ("district", "county", "county_level_city")


def write_pack(folder: Path, counties: int, indicators: int) -> None:
    """A sound pack of a nation's size."""
    words = {"zh": "全国演示规划", "en": "Demonstration plan of a nation"}
    places = [{"code": "156", "name": {"zh": "全国", "en": "The nation"}, "level": "nation"}]
    for number, code in enumerate(_codes(counties)):
        province, city = f"{code[:2]}0000", f"{code[:4]}00"
        if code[2:] == "0101":
            places.append({"code": province, "name": _named("省", "Province", province), "level": "province", "parent": "156"})  # fmt: skip
        if code[4:] == "01":
            places.append({"code": city, "name": _named("市", "City", city), "level": "city", "parent": province})
        places.append(
            {"code": code, "name": _named("县", "County", code), "level": _LEVELS[number % 3], "parent": city}
        )
    made = []
    for number in range(indicators):
        name = _named("指标", "Indicator", str(number))
        indicator = {
            "id": f"indicator_{number}", "name": name, "definition": name, "direction": "higher",
            "disaggregation": ["sex"], "levels": ["nation", "province", "city", "district"],
        }  # fmt: skip
        if number % 3 < 2:
            unit = _RATES[number % len(_RATES)][0]
            parts = {
                "numerator": _named("分子", "Part", str(number)),
                "denominator": _named("分母", "Whole", str(number)),
            }
            indicator |= {"unit": unit, **parts}
        else:
            indicator |= {"unit": "persons", "decimals": 0}
        made.append(indicator)
    field = {
        "number": 1, "name": {"zh": "妇女与健康", "en": "Women and health"},
        "goals": [{"id": "G1.1", "statement": {"zh": "提高健康水平。", "en": "Better health."}}],
        "measures": [],
    }  # fmt: skip
    target = {
        "id": "G1.1a", "clause": "G1.1", "indicator": "indicator_0", "kind": "at_least", "binds": "every_county",
        "milestones": {"2030": 90}, "words": "达到90%以上",
    }  # fmt: skip
    head = {
        "id": PLAN, "title": words, "short_title": words, "region": "156", "start": 2021, "end": 2030, "base_year": 2020,
        "level": "nation", "source": {"publisher": {"zh": "演示", "en": "Demonstration"}},
    }  # fmt: skip
    files = {
        "plan": head, "fields/1": field, "indicators": {"indicators": made}, "targets": {"targets": [target]},
        "regions": {"regions": places},
    }  # fmt: skip
    for name, content in files.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")  # JSON is YAML


def _named(zh: str, en: str, number: str) -> dict[str, str]:
    return {"zh": f"{zh}{number}", "en": f"{en} {number}"}


def _codes(counties: int) -> list[str]:
    """Codes as of GB/T 2260: 31 provinces, cities of nine counties."""
    here = []
    for number in range(counties):
        province, place = number % 31, number // 31
        here.append(f"{11 + province}{place // 9 + 1:02}{place % 9 + 1:02}")
    return sorted(here)


def write_figures(path: Path, counties: int, indicators: int) -> int:
    """The year as a tidy CSV; how many figures."""
    from halfsky.observations.columns import HEADER

    rng = random.Random(YEAR)
    count = 0
    with path.open("w", encoding="utf-8") as out:
        out.write(",".join(HEADER) + "\n")
        for indicator in range(indicators):
            unit, scale = _RATES[indicator % len(_RATES)]
            for code in _codes(counties):
                for sex in ("F", "M"):
                    if indicator % 3 < 2:
                        whole = rng.randint(20_000, 900_000)
                        part = rng.randint(0, whole)
                        value = (Decimal(part) * scale / whole).quantize(Decimal("0.01"))
                        numbers = f"{value},{part},{whole},{unit}"
                    else:
                        numbers = f"{rng.randint(0, 900_000)},,,persons"
                    out.write(f"indicator_{indicator},{code},{YEAR},{sex},_T,_T,{numbers},A,F,demo,演示数据,\n")
                    count += 1
    return count


def the_import(file: Path) -> dict[str, Any]:
    """In a process of the home: what ``halfsky figures import`` does, step by step."""
    from halfsky.cli.setup import database_ready

    database_ready()
    from halfsky.catalogue.queries import plan as installed
    from halfsky.cli.actor import operator
    from halfsky.collect.actions import import_figures
    from halfsky.collect.models import Figure
    from halfsky.observations import read_csv

    steps: dict[str, float] = {}
    plan = _timed(steps, "reading the plan", lambda: installed(PLAN))
    before = _peak()
    reading = _timed(
        steps, "reading and checking the file", lambda: read_csv(file.read_bytes(), plan=plan, file=file.name)
    )
    if reading.faults:
        raise SystemExit(f"the file is refused: {reading.faults[:3]}")
    read = _peak()
    take = lambda: import_figures(plan=plan, observations=reading.observations, by=operator(), file=file.name)  # noqa: E731
    taken = _timed(steps, "storing", take)
    stored = _peak()
    again = _timed(steps, "the same again", take)
    count = len(reading.observations)
    assert (taken.created, taken.revised, again.unchanged) == (count, 0, count), (taken, again)
    assert Figure.objects.filter(plan=PLAN, current=True).count() == count
    return {
        "figures": count,
        "steps": steps,
        "peak": {"plan": before, "read": read, "stored": stored, "again": _peak()},
    }


def the_limit(by_executemany: int) -> dict[str, float]:
    """In another process: the same rows out of the database, and into tables like it by the plainest means."""
    from halfsky.cli.setup import django_ready

    django_ready()
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM collect_figure LIMIT 0")
        columns = [c.name for c in cursor.description or () if c.name != "id"]
        named = ", ".join(columns)
        cursor.execute(f"SELECT {named} FROM collect_figure")
        rows = cursor.fetchall()
        cursor.execute("CREATE TABLE same (LIKE collect_figure INCLUDING ALL)")
        cursor.execute(
            "ALTER TABLE same ADD FOREIGN KEY (delivery_id) REFERENCES collect_delivery DEFERRABLE INITIALLY DEFERRED"
        )
        cursor.execute(
            "ALTER TABLE same ADD FOREIGN KEY (source_id) REFERENCES collect_source DEFERRABLE INITIALLY DEFERRED"
        )
        cursor.execute(f"CREATE TABLE bare AS SELECT {named} FROM collect_figure LIMIT 0")
    found: dict[str, float] = {}

    def copied(table: str) -> None:
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def executed() -> None:
        marks = ", ".join(["%s"] * len(columns))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.cursor.executemany(f"INSERT INTO same ({named}) VALUES ({marks})", rows[:by_executemany])

    _timed(found, "COPY into a bare table", lambda: copied("bare"))
    _timed(found, "COPY into a table alike", lambda: copied("same"))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE same")
    _timed(found, "executemany into a table alike", executed)
    count = len(rows)
    return {name: seconds * (count / by_executemany if "executemany" in name else 1) for name, seconds in found.items()}


def _timed(steps: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    started = time.perf_counter()
    made = work()
    steps[name] = time.perf_counter() - started
    return made


def _peak() -> float:
    """Peak resident set of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counties", type=int, default=2_850)
    parser.add_argument("--indicators", type=int, default=120)
    parser.add_argument(
        "--by-executemany", type=int, default=100_000, help="rows; the time for all is told in proportion"
    )
    parser.add_argument("--sqlite", action="store_true", help="into SQLite instead; without the limits")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        what, given = arguments.child
        print(json.dumps(the_import(Path(given)) if what == "import" else the_limit(int(given))))
        return 0
    print(load())
    with (
        tempfile.TemporaryDirectory(prefix="halfsky-nation-") as made,
        database(Path(made), postgres=not arguments.sqlite) as engine,
    ):
        folder = Path(made)
        write_pack(folder / "plans" / PLAN, arguments.counties, arguments.indicators)
        file = folder / "nation.csv"
        count = write_figures(file, arguments.counties, arguments.indicators)
        home = Home(folder / "home", engine.address if engine else "", more={"HALFSKY_PLANS": str(folder / "plans")})
        home.folder.mkdir()
        home.run(sys.executable, "-c", "from halfsky.cli.setup import database_ready; database_ready()")
        child = (sys.executable, "-m", "benchmarks.nation", "--child")
        found = json.loads(home.run(*child, "import", str(file)))
        limit = json.loads(home.run(*child, "limit", str(min(count, arguments.by_executemany)))) if engine else {}
        _tell(found, limit, file.stat().st_size)
    print(load())
    return 0


def _tell(found: dict[str, Any], limit: dict[str, float], size: int) -> None:
    count, steps, peak = found["figures"], found["steps"], found["peak"]
    whole = steps["reading and checking the file"] + steps["storing"]
    print(f"{count:,} figures, {size / 1e6:.1f} MB")
    for name, seconds in (*steps.items(), ("reading, checking and storing", whole), *limit.items()):
        print(f"  {name:36} {seconds:8.1f} s {count / seconds:12,.0f} figures/s")
    if limit:
        for name, seconds in limit.items():
            print(
                f"  the import takes {whole / seconds:.1f} times {name}; storing alone {steps['storing'] / seconds:.1f} times"
            )
    print("  peak memory, MiB: " + ", ".join(f"{name} {mib:,.0f}" for name, mib in peak.items()))


if __name__ == "__main__":
    sys.exit(main())
