"""What a page opens: a plan, the year judged and its verdicts, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from halfsky.alerts import queries as alerts
from halfsky.alerts.freshness import keep_up
from halfsky.alerts.models import Assessment
from halfsky.alerts.opened import open_verdicts
from halfsky.assess import Verdict
from halfsky.catalogue import queries as catalogue
from halfsky.collect import queries as collect
from halfsky.plan import Faulty, Indicator, Plan, Region, Target

Language = Literal["zh", "en"]
Thing = TypeVar("Thing")
P = ParamSpec("P")


def page_language() -> Language:
    """The language in which the page is read; Chinese when in doubt."""
    return "en" if (get_language() or "").startswith("en") else "zh"


@dataclass(frozen=True)
class Book:
    """A plan opened at a year. ``as_of`` is ``None`` when the plan was never assessed."""

    plan: Plan
    language: Language
    years: tuple[int, ...]
    assessment: Assessment | None

    @property
    def as_of(self) -> int | None:
        return self.assessment.as_of if self.assessment else None

    @property
    def newest(self) -> bool:
        """Whether the year judged is the newest there is (or there is none)."""
        return not self.years or self.as_of == self.years[0]

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        made = alerts.verdicts_of(self.assessment) if self.assessment else ()
        return open_verdicts(self.plan, made)

    @cached_property
    def verdict(self) -> dict[tuple[str, str], Verdict]:
        """(target, region) → verdict."""
        return {(v.target, v.region): v for v in self.verdicts}

    @cached_property
    def attention(self) -> list[alerts.OpenWarning]:
        """What needs attention first at the year judged: the open warnings, or those that an earlier year called for."""
        return alerts.warnings(self.plan.id) if self.newest else alerts.warnings_in(self.verdicts, self.plan.alerting)

    @cached_property
    def demonstration(self) -> bool:
        """Whether anything shown may be demonstration data 演示数据."""
        return collect.has_demonstration(self.plan.id) or any(v.demonstration for v in self.verdicts)

    @cached_property
    def own(self) -> Region:
        """The plan's own region."""
        return self.plan.place[self.plan.region]

    @cached_property
    def places(self) -> tuple[Region, ...]:
        """Every region below the plan's own, in the pack's order."""
        return tuple(r for r in self.plan.regions if r.code != self.plan.region)

    def indicator(self, indicator_id: str) -> Indicator:
        return _known(self.plan.indicator, indicator_id)

    def region(self, code: str) -> Region:
        return _known(self.plan.place, code)

    def target(self, target_id: str) -> Target:
        return _known(self.plan.target, target_id)


def _known(things: dict[str, Thing], key: str) -> Thing:
    try:
        return things[key]
    except KeyError:
        raise Http404(key) from None


def open_book(request: HttpRequest, plan_id: str) -> Book:
    """The plan of an address at the year that ``?as_of=`` names, else the newest year judged.

    Raises ``Http404`` for a plan or year that does not exist, ``BadRequest`` for what is no year, and
    ``Faulty`` when the plan's pack is not sound.
    """
    try:
        plan = catalogue.plan(plan_id)
    except catalogue.UnknownPlan:
        raise Http404(_("There is no plan “%(plan)s” here.") % {"plan": plan_id}) from None
    keep_up(plan)
    years = tuple(alerts.years(plan.id))
    wanted = request.GET.get("as_of", "")
    if wanted and not (wanted.isascii() and wanted.isdigit()):
        raise BadRequest(f"as_of is not a year: {wanted[:40]!r}")
    if wanted and int(wanted) not in years:
        raise Http404(_("The plan has not been assessed as of %(year)s.") % {"year": wanted[:12]})
    assessment = alerts.latest(plan.id, int(wanted) if wanted else None)
    return Book(plan, page_language(), years, assessment)


def of_plan(
    view: Callable[Concatenate[HttpRequest, Book, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Open the plan of the address before the view; an unsound pack is shown with all its faults."""

    @wraps(view)
    def opened(request: HttpRequest, plan_id: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            book = open_book(request, plan_id)
        except Faulty as error:
            return faulty(request, plan_id, error)
        return view(request, book, *args, **kwargs)

    return opened


def faulty(request: HttpRequest, plan_id: str, error: Faulty) -> HttpResponseBase:
    """The page that names every fault of a pack that cannot be opened."""
    return render(request, "web/faulty.html", {"plan_id": plan_id, "faults": error.faults}, status=500)


def page(request: HttpRequest, template: str, book: Book, context: dict[str, Any] | None = None) -> HttpResponseBase:
    """A page of a plan; every template finds the open book as ``book``."""
    return render(request, f"web/{template}.html", {"book": book, **(context or {})})
