"""All annual reports of a city and its yearbook: how long on two cores, and what a page costs beside typesetting alone.

    python benchmarks/documents.py [--plan dalian-2021-2030] [--processes 2]

Loads the demonstration data into a fresh SQLite database and assesses the plan; that is not part of what is timed. Then, in
as many processes as named, writes the annual report of the city and of each district as Word and PDF and the yearbook as
Word, PDF and Excel, each process reading the database for itself. Last, one document after another in one process:
the whole way to the PDF (reading the assessment, composing, taking the charts that the first half drew and kept, typesetting)
beside typst compiling the same project once it is filled; each line is printed as soon as it is known. Work is in processor seconds, so that a ratio of one run means something on a machine that others use too.
"""

from __future__ import annotations

import argparse
import io
import itertools
import multiprocessing
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
YEAR = 2025


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plan", default="dalian-2021-2030")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"HALFSKY_HOME": home, "HALFSKY_PLANS": str(ROOT / "plans")}
        from halfsky.cli.setup import prepare

        prepare()
        places = load(arguments.plan)
        on_cores(arguments.plan, places, arguments.processes)
        beside_typst(arguments.plan, places)
    return 0


def load(plan_id: str) -> list[str]:
    """The demonstration, assessed; the places that have a report, the city first."""
    from halfsky.alerts.actions import assess_plan
    from halfsky.catalogue.queries import plan as installed
    from halfsky.cli.actor import operator
    from halfsky.cli.demo import demonstration
    from halfsky.collect.actions import import_figures
    from halfsky.reports.charts.places import districts_of

    plan = installed(plan_id)
    import_figures(plan=plan, observations=demonstration(plan), by=operator(), reason="benchmark")
    assess_plan(plan=plan, as_of=YEAR, by=operator())
    return [plan.region, *districts_of(plan)]


def ready() -> None:
    """Each process sets Django up for itself."""
    from halfsky.cli.setup import django_ready

    django_ready()


def write(task: tuple[str, str, str]) -> tuple[str, str, float, int]:
    """One document in all its forms; kind, place, processor seconds and bytes."""
    from django.utils import timezone

    from halfsky.catalogue.queries import plan as installed
    from halfsky.collect import queries as collect
    from halfsky.reports.kinds import Ask, kind_of
    from halfsky.reports.report.pdf import pdf
    from halfsky.reports.report.word import word
    from halfsky.reports.yearbook import book_of, compose, workbook

    plan_id, kind, region = task
    started = time.process_time()
    plan = installed(plan_id)
    if kind == "yearbook":
        book, day = book_of(plan, collect.visible(None, plan), year=YEAR, language="zh"), timezone.localdate()
        report = compose(book, made=day)
        made = [word(report), pdf(report), workbook(book, made=day)]
    else:
        report = kind_of(kind).compose(Ask(plan, YEAR, region, "zh"))
        made = [word(report), pdf(report)]
    return kind, region, time.process_time() - started, sum(map(len, made))


def on_cores(plan_id: str, places: list[str], processes: int) -> None:
    tasks = [(plan_id, "yearbook", places[0]), *((plan_id, "annual", place) for place in places)]  # the longest first
    started = time.perf_counter()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=ready) as pool:
        made = list(pool.map(write, tasks))
    whole = time.perf_counter() - started
    busy = sum(seconds for _, _, seconds, _ in made)
    for kind, region, seconds, size in made:
        print(f"{kind:<10}{region:<10}{seconds:8.2f} s {seconds / busy:6.1%}{size / 1e6:8.1f} MB", flush=True)
    print(
        f"{len(made)} documents, {processes} processes: {whole:.1f} s from start to end, {busy:.1f} s of work in them",
        flush=True,
    )


def beside_typst(plan_id: str, places: list[str]) -> None:
    """Per page: reading and composing, charts and content, typesetting; the whole as a multiple of typesetting alone."""
    from pypdf import PdfReader

    from halfsky.catalogue.queries import plan as installed
    from halfsky.reports.kinds import Ask, kind_of
    from halfsky.reports.report.pdf import project, typeset

    plan = installed(plan_id)
    rows: list[tuple[str, int, float, float, float]] = []
    kind_of("annual").compose(Ask(plan, YEAR, places[0], "zh"))  # what a process loads once is not a page's
    for kind, region in (*(("annual", place) for place in places), ("yearbook", places[0])):
        marks: list[float] = [time.process_time()]

        def step(made: Any, marks: list[float] = marks) -> Any:
            marks.append(time.process_time())
            return made

        report = step(kind_of(kind).compose(Ask(plan, YEAR, region, "zh")))
        files = step(project(report))
        content = step(typeset(files))
        pages = len(PdfReader(io.BytesIO(content)).pages)
        rows.append((f"{kind} {region}", pages, *(b - a for a, b in itertools.pairwise(marks))))
        print(rows[-1][0], pages, "pages", *(f"{seconds:.2f} s" for seconds in rows[-1][2:]), flush=True)
    print(f"{'':<20}{'pages':>6}{'compose':>9}{'charts':>9}{'typst':>9}{'a page':>10}{'of typst':>10}")
    groups = {"annual reports": rows[:-1], "yearbook": rows[-1:], "all": rows}
    lines = [(name, *(sum(row[i] for row in group) for i in range(1, 5))) for name, group in groups.items()]
    for name, pages, compose, charts, typst in (rows[0], *lines):
        whole = compose + charts + typst
        print(
            f"{name:<20}{pages:>6}{compose:>8.2f}s{charts:>8.2f}s{typst:>8.2f}s{1000 * whole / pages:>7.0f} ms{whole / typst:>10.2f}"
        )


if __name__ == "__main__":
    sys.exit(main())
