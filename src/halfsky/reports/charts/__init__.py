"""Charts: one Vega-Lite specification each, the same for page, Word and PDF (ADR 4)."""

from halfsky.reports.charts.funnel import funnel_chart, funnel_of
from halfsky.reports.charts.lines import residence_chart, series_chart, sexes_chart
from halfsky.reports.charts.maps import map_chart
from halfsky.reports.charts.palette import THEMES, Theme
from halfsky.reports.charts.places import districts_chart
from halfsky.reports.charts.render import content_hash, render_png, render_svg
from halfsky.reports.charts.standings import standings_chart

__all__ = [
    "THEMES",
    "Theme",
    "content_hash",
    "districts_chart",
    "funnel_chart",
    "funnel_of",
    "map_chart",
    "render_png",
    "render_svg",
    "residence_chart",
    "series_chart",
    "sexes_chart",
    "standings_chart",
]
