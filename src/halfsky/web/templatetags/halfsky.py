"""What every template needs: words in the reader's language, figures, standings, links that keep the year."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from halfsky.assess import Flag, Funnel, Oddity, Standing
from halfsky.assess.compositemodel import Why
from halfsky.assess.gapmodel import Course, GapKind, Lead
from halfsky.collect.models import Survey
from halfsky.collect.queries import plain
from halfsky.observations import Observation, Status
from halfsky.observations.columns import NATURE_NAMES, RESIDENCE_NAMES, SEX_NAMES, STATUS_NAMES
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Indicator, Plan, Region, Residence, Sex, Text
from halfsky.reports import words as names
from halfsky.web import numbers, words
from halfsky.web.book import Book, page_language
from halfsky.web.chartfiles import Chart, chart_of
from halfsky.web.navigation import Shown, shown
from halfsky.web.pivot import Cell
from halfsky.web.present import Tally
from halfsky.web.sparkline import HEIGHT, WIDTH, Sparkline

register = template.Library()

JUDGED = (Standing.MET, Standing.ON_TRACK, Standing.UNCERTAIN, Standing.AT_RISK, Standing.MISSED)
CLAUSE_PAGES = {"G": "goal", "M": "measure", "O": "provision", "E": "provision"}


# By type and value: codes of two lists may be the same text, such as _T for all sexes and for all residences.
_NAMES: dict[tuple[type, object], Text] = {
    (type(code), code): name
    for table in (
        names.STANDINGS,
        names.FLAGS,
        names.ODDITIES,
        names.KINDS,
        names.BINDS,
        NATURE_NAMES,
        STATUS_NAMES,
        SEX_NAMES,
        RESIDENCE_NAMES,
    )
    for code, name in table.items()
}


@register.filter
def text(value: Text | None) -> str:
    """Words of the plan or the library in the reader's language."""
    return "" if value is None else value.in_language(page_language())


@register.filter
def figure(value: numbers.Number | None, indicator: Indicator) -> str:
    return numbers.figure(value, indicator)


@register.filter
def figure_with_unit(value: numbers.Number | None, indicator: Indicator) -> str:
    return "" if value is None else names.with_unit(value, indicator, page_language())


@register.filter
def signed(value: numbers.Number | None, indicator: Indicator) -> str:
    return numbers.signed(value, indicator)


@register.filter
def points(value: float) -> str:
    """Points of an index moved: two decimals, with the sign."""
    return numbers.points(value)


@register.filter
def chance(value: float | None) -> str:
    return numbers.chance(value)


@register.filter
def unit(indicator: Indicator) -> str:
    return names.unit_name(indicator, page_language())


@register.filter
def name(value: Any) -> str:
    """The name of a code: a standing, flag, kind, binding, warning level, ground, level of place …"""
    if (known := _NAMES.get((type(value), value))) is not None:
        return known.in_language(page_language())
    for known_words in (words.LEVELS, words.GROUNDS, words.REGION_LEVELS, words.DIRECTIONS, words.CLAUSE_KINDS):
        if value in known_words:
            return str(known_words[value])
    if value in names.FREQUENCIES:
        return names.FREQUENCIES[value].in_language(page_language())
    raise KeyError(value)


@register.filter
def gap_word(code: GapKind | Course | Lead | Why) -> str:
    return words.gap_word(code)


@register.filter
def meaning(value: Standing | Flag | Oddity) -> str:
    """One sentence on what a standing, a flag or a finding says."""
    if isinstance(value, Standing):
        return str(words.STANDING_MEANINGS[value])
    if isinstance(value, Oddity):
        return str(words.ODDITY_MEANINGS[value])
    return str(words.FLAG_MEANINGS[value])


@register.filter
def limits(value: Funnel) -> str:
    """Where a count lies against the funnel's limits."""
    return str(words.LIMITS[value])


@register.filter
def listed(items: list[Text]) -> str:
    """Names one after the other, with the comma of the language."""
    return names.listed([text(item) for item in items], page_language())


@register.simple_tag(takes_context=True)
def here(context: Context, view: str, **kwargs: Any) -> str:
    """The address of another page of the same plan at the same year; ``q_`` parameters become its query."""
    book: Book = context["book"]
    year = None if book.newest else book.as_of
    return _address(
        get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), view, book.plan.id, year, *kwargs.items()
    )


@lru_cache(maxsize=8192)  # a page asks for the same addresses as the last one, hundreds of them
def _address(_urls: object, _prefix: str, view: str, plan_id: str, as_of: int | None, *given: tuple[str, Any]) -> str:
    query = {key[2:]: value for key, value in given if key.startswith("q_") and value not in ("", None)}
    path = {key: value for key, value in given if not key.startswith("q_")}
    if as_of is not None:
        query["as_of"] = as_of
    address = reverse(f"web:{view}", kwargs={"plan_id": plan_id, **path})
    return f"{address}?{urlencode(query)}" if query else address


@register.simple_tag(takes_context=True)
def clause(context: Context, clause_id: str) -> str:
    """The address of a clause's page."""
    return here(context, CLAUSE_PAGES[clause_id[0]], clause=clause_id)


@register.simple_tag
def standing(status: Standing, label: bool = True) -> str:
    """A standing by shape, word and colour."""
    return format_html(
        '<span class="standing {0}"><svg class="shape" aria-hidden="true" focusable="false"><use href="#s-{0}"/></svg>'
        '<span{1}>{2}</span></span>',
        status, "" if label else mark_safe(' class="unseen"'), name(status),
    )  # fmt: skip


@register.inclusion_tag("web/parts/spark.html")
def spark(line: Sparkline | None, status: Standing | None = None) -> dict[str, Any]:
    return {"line": line, "status": status, "width": WIDTH, "height": HEIGHT}


@register.inclusion_tag("web/parts/bar.html")
def bar(tally: Tally) -> dict[str, Any]:
    """How promises stand as one bar; the numbers stand in the table beside it."""
    return {"tally": tally}


@register.simple_tag
def cell(observation: Observation | None, indicator: Indicator) -> str:
    """A figure, or the reason why there is none. Written here and not in a template: a page has hundreds of them."""
    if observation is None or observation.value is None:
        absence = numbers.absence(observation, page_language())
        return format_html('<span class="absent">{}</span>', absence) if absence else ""
    written = numbers.figure(observation.value, indicator)
    if observation.status is Status.NORMAL:
        return written
    return format_html('{} <span class="note">{}</span>', written, name(observation.status))


@register.inclusion_tag("web/parts/chart.html", takes_context=True)
def chart(context: Context, kind: str, alt: str | SafeString, **query: str) -> dict[str, Any]:
    """A chart as a picture for the reader's theme, language and width; ``alt`` says what it shows."""
    made: Chart = chart_of(context["book"], kind, {k: str(v) for k, v in query.items() if v})
    return {"chart": made, "alt": alt, "theme": context["request"].COOKIES.get("halfsky_theme", "")}


@register.filter
def unit_level(level: str) -> str:
    """The level at which units of government work."""
    return str(words.UNIT_LEVELS[level])


@register.filter
def judged_counts(tally: Tally) -> list[tuple[Standing, int]]:
    """The standings of a headline: every judged one, even with nought, and what cannot be judged where there is any."""
    return [(standing, count) for standing, count in tally.columns if count or standing in JUDGED]


@register.filter
def place(code: str, book: Book) -> Region:
    return book.plan.place[code]


@register.filter
def count(number: Decimal | str | None) -> str:
    """A numerator or denominator: whole, or with the decimals that it has."""
    return f"{number:,f}" if isinstance(number, Decimal) else ""


@register.filter
def marked(digits: str) -> str:
    """Plain digits with the thousands marked."""
    return f"{Decimal(digits):,f}".replace("-", "−") if digits else ""


@register.filter
def status_name(code: str) -> str:
    """The name of a figure's status, from its stored code."""
    return STATUS_NAMES[Status(code)].in_language(page_language())


@register.simple_tag(takes_context=True)
def may(context: Context, permission: str) -> bool:
    """Whether the reader of the page holds a permission anywhere."""
    who: Principal | None = getattr(context["request"], "principal", None)
    return who is not None and who.may(Permission(permission))


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> tuple[Shown, ...]:
    """The pages of the plan that the reader may open, in their groups."""
    request = context["request"]
    return shown(getattr(request, "principal", None), request.resolver_match.url_name if request.resolver_match else "")


@register.filter
def age_group(code: str) -> str:
    """An SDMX age code in words: ``Y35T45`` is 35 to 45, ``Y_GE60`` is 60 and over."""
    if match := re.fullmatch(r"Y(\d+)T(\d+)", code):
        return _("aged %(low)s to %(high)s") % {"low": match[1], "high": match[2]}
    if match := re.fullmatch(r"Y_GE(\d+)", code):
        return _("aged %(low)s and over") % {"low": match[1]}
    if match := re.fullmatch(r"Y_LT(\d+)", code):
        return _("younger than %(high)s") % {"high": match[1]}
    if match := re.fullmatch(r"Y(\d+)", code):
        return _("aged %(age)s") % {"age": match[1]}
    return _("all ages")


@register.filter
def dimension(name: str) -> str:
    """A dimension of the database."""
    return str(words.DIMENSIONS[name])


@register.filter
def why_missing(why: str) -> str:
    return str(words.WHY_MISSING[why])


@register.filter
def place_name(code: str, plan: Plan) -> str:
    return plan.place[code].name.in_language(page_language())


@register.filter
def unit_name(unit_id: str, plan: Plan) -> str:
    return plan.unit[unit_id].name.in_language(page_language())


@register.filter
def unit_of(indicator_id: str, plan: Plan) -> str:
    """The unit of measure of an indicator."""
    return names.unit_name(plan.indicator[indicator_id], page_language())


@register.simple_tag
def value_name(plan: Plan, dimension: str, value: str) -> str:
    """A value of a dimension in words."""
    match dimension:
        case "indicator":
            return text(plan.indicator[value].name)
        case "region":
            return text(plan.place[value].name)
        case "sex":
            return _("Gap") if value == "gap" else text(SEX_NAMES[Sex(value)])
        case "residence":
            return text(RESIDENCE_NAMES[Residence(value)])
        case "age":
            return age_group(value)
    return value


_NOUGHT = mark_safe('<span class="nought">–</span>')


@register.simple_tag(takes_context=True)
def pivot_cell(context: Context, cell: Cell) -> str:
    """A cell of the database: the figure leads to its trail, and what is no figure says why it is none."""
    held = cell.observation
    if cell.gap:
        return _NOUGHT if cell.difference is None else numbers.signed(cell.difference, cell.indicator)
    if held is None and not cell.asked:
        return _NOUGHT
    key = cell.key
    address = here(
        context, "figure", q_indicator=key.indicator, q_region=key.region, q_year=cell.year, q_sex=key.sex.value, q_age=key.age,
        q_residence=key.residence.value,
    )  # fmt: skip
    told, mark = "", ""
    if held is None:
        told = mark_safe('<span class="absent">…</span>')
    elif held.value is None:
        told = format_html('<span class="absent">{}</span>', held.status.value)
    else:
        told = numbers.figure(held.value, cell.indicator)
        if cell.computed:
            mark = mark_safe(" <sup>Σ</sup>")
        elif held.status is not Status.NORMAL:
            mark = format_html(" <sup>{}</sup>", held.status.value)
    return format_html('<a class="figure" href="{}">{}{}</a>', address, told, mark)


@register.inclusion_tag("web/parts/survey_error.html")
def survey_error(survey: Survey) -> dict[str, Any]:
    """How far an estimate may be off: the interval, or the standard error; and of how many people it is."""
    low, high, error, level = (plain(n) for n in (survey.low, survey.high, survey.standard_error, survey.level))
    return {"low": low, "high": high, "error": error, "level": level, "n": survey.sample_size}


@register.filter
def year_runs(years: tuple[int, ...]) -> str:
    """Years in runs: 2021–2023, 2025."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)


@register.simple_tag(takes_context=True)
def selection_file(context: Context, kind: str, query: dict[str, str]) -> str:
    """The address of a file of the selection."""
    return (
        f"{reverse('web:database-file', kwargs={'plan_id': context['book'].plan.id, 'kind': kind})}?{urlencode(query)}"
    )
