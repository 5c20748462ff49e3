"""The page of an indicator: its course, groups, places, definition and revisions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from halfsky.observations import SeriesKey
from halfsky.places.roles import Permission
from halfsky.reports.charts import funnel_of
from halfsky.web import series
from halfsky.web.book import Book, of_plan, page
from halfsky.web.choices import chosen
from halfsky.web.doors import acting, door
from halfsky.web.figures import shown
from halfsky.web.wording import promised


@door(Permission.PLAN_READ)
@of_plan
def indicator(request: HttpRequest, book: Book, indicator_id: str) -> HttpResponseBase:
    plan = book.plan
    found = book.indicator(indicator_id)
    region = chosen(request, "region", list(plan.place)) or plan.region
    figures = shown(plan, indicators=[found.id])
    targets = [t for t in plan.targets if t.indicator == found.id]
    key = SeriesKey.of(found.id, region, targets[0].cut) if targets else SeriesKey(found.id, region)
    if not figures.series(key):
        key = SeriesKey(found.id, region)
    places = series.by_place(figures, plan, found, targets[0] if targets else None, book.verdicts, None)
    context = {
        "indicator": found,
        "region": plan.place[region],
        "key": key,
        "promises": [(t, promised(plan, t), book.verdict.get((t.id, region))) for t in targets],
        "findings": series.odd((t, book.verdict.get((t.id, region))) for t in targets),
        "referred": [t for t in plan.targets if t.reference == found.id],
        "years": series.by_year(figures, key),
        "sexes": series.by_sex(figures, found, region) if "sex" in found.disaggregation else [],
        "residences": series.by_residence(figures, found, region) if "residence" in found.disaggregation else [],
        "ages": series.ages(figures, found, region),
        "places": places if any(row.region.code != plan.region for row in places) else [],
        "funnel": [(plan.place[c], r) for c, r in funnel_of(plan, found, figures, book.as_of).items()],
        "judged": any(row.verdict and row.region.code != plan.region for row in places),
        "trails": series.trails(plan, figures, found, region, acting(request)),
        "source_unit": plan.unit.get(found.source_unit or ""),
        "operands": [plan.indicator[o.indicator] for o in (found.derive.of, found.derive.against)]
        if found.derive
        else [],
    }
    return page(request, "indicator", book, context)
