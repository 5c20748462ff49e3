"""The database of observations: read what one may, send in tidy rows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from halfsky.api.doors import operation
from halfsky.api.returns import REFUSED, the_plan
from halfsky.api.shapes import Faults, FiguresIn, FiguresOut, TakenOut
from halfsky.collect.actions import import_figures
from halfsky.collect.queries import observations, readable_figures
from halfsky.observations import write_csv
from halfsky.observations.columns import HEADER, MAX_ROWS, cells
from halfsky.observations.reading import read_rows
from halfsky.observations.rows import Place, Row
from halfsky.places.policy import Forbidden
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Text
from halfsky.web.doors import acting

router = Router(tags=["figures"])
A_PAGE = 10_000
LARGEST = 100 * 1024 * 1024  # bytes: as many rows as are taken at once, each with all its columns


@operation(router, "GET", "/figures", Permission.PLAN_READ, response={200: FiguresOut, **REFUSED})
def list_figures(
    request: HttpRequest,
    plan: str,
    indicator: str = "",
    region: str = "",
    year: int | None = None,
    sex: Literal["", "_T", "F", "M"] = "",
    format: Literal["json", "csv"] = "json",
    offset: Annotated[int, Query(ge=0, le=2**40)] = 0,
    limit: Annotated[int, Query(ge=1, le=A_PAGE)] = A_PAGE,
) -> Any:
    """Figures in force, by indicator, place, year and sex; as CSV all that fit, as JSON in portions."""
    book = the_plan(plan)
    rows = readable_figures(acting(request), book)
    wanted = {"indicator": indicator, "region": region, "year": year, "sex": sex}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value not in ("", None)})
    rows = rows.order_by("indicator", "region", "year", "sex", "age", "residence")
    if format == "csv":
        content = write_csv(observations(rows), plan=book)
        return HttpResponse(
            content, content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{book.id}-figures.csv"'},
        )  # fmt: skip
    found = list(observations(rows[offset : offset + limit + 1]))
    return {
        "figures": [dict(zip(HEADER, cells(book, o), strict=True)) for o in found[:limit]],
        "next": offset + limit if len(found) > limit else None,
    }


@operation(
    router, "POST", "/figures", Permission.FIGURES_IMPORT, largest=LARGEST, response={200: TakenOut, 413: Faults, **REFUSED},
)  # fmt: skip
def send_figures(request: HttpRequest, body: FiguresIn) -> Any:
    """Send in figures: all are taken, or none and every fault is told. The same rows again change nothing."""
    who = acting(request)
    book = the_plan(body.plan)
    top = Place(body.file, 1)
    faults: list[Fault] = []
    if len(body.figures) > MAX_ROWS:
        words = Text(zh=f"一次最多{MAX_ROWS}行，请分批发送。", en=f"At most {MAX_ROWS} rows at once; send parts.")
        raise Faulty([top.fault("rows-many", words)])
    for number, row in enumerate(body.figures, 1):
        for name in sorted(row.keys() - set(HEADER))[:3]:
            words = Text(zh=f"没有“{name[:40]}”这一列。", en=f"There is no column '{name[:40]}'.")
            faults.append(Place(body.file, number).fault("column-unknown", words))
    rows = (Row(Place(body.file, number), row) for number, row in enumerate(body.figures, 1))
    reading = read_rows(rows, book, faults, [], top)
    if reading.faults:
        raise Faulty(reading.faults)
    scope = who.scope(Permission.FIGURES_IMPORT)
    if outside := sorted({o.series.region for o in reading.observations if not scope.holds(o.series.region)}):
        raise Forbidden(Permission.FIGURES_IMPORT, outside[0])
    return import_figures(plan=book, observations=reading.observations, by=who, reason=body.reason, file=body.file)
