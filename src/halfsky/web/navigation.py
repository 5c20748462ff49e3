"""The pages of a plan in their groups: one line a page, and what its door asks decides who sees the line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.web.words import Words


@dataclass(frozen=True, slots=True)
class Page:
    """``name`` is that of its address; pages named in ``below`` are reached from it and show under it."""

    name: str
    words: Words
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    words: Words
    pages: tuple[Page, ...]


GROUPS: tuple[Group, ...] = (
    Group(_("Progress"), (
        Page("overview", _("Overview"), ("field", "goal", "measure", "provision")),
        Page("targets", _("Targets"), ("indicator",)),
        Page("warnings", _("Warnings"), ("warning",)),
        Page("map", _("Map"), ("region",)),
        Page("gaps", _("Gaps")),
        Page("composite", _("Composite")),
        Page("wall", pgettext_lazy("screen", "Wall")),
    )),
    Group(_("Figures"), (
        Page("database", _("Database"), ("figure",)),
        Page("missing", _("Missing data")),
        Page("surveys", _("Special surveys"), ("survey", "survey-add")),
        Page("data", _("Files")),
        Page("methods", _("Methods")),
    )),
    Group(_("Collection"), (
        Page("my-returns", _("Returns"), ("return", "return-excel", "return-upload")),
        Page("review", _("Review"), ("review-one",)),
        Page("years", _("Years"), ("year", "year-open")),
    )),
    Group(_("Carrying out"), (
        Page("cases", _("Putting right"), ("case",)),
        Page("duties", _("Duties")),
        Page("filings", _("Filings"), ("filing", "filings-open")),
        Page("ledgers", _("Ledgers"), ("ledger", "record", "record-add", "record-move", "record-adopt")),
        Page("evaluations", _("Evaluation"), (
            "evaluation", "evaluation-scheme", "evaluation-assign", "evaluation-sheet", "evaluation-results",
            "evaluation-result", "evaluation-result-unit", "evaluation-conclusions", "evaluation-conclusion",
            "evaluation-organisation",
        )),
        Page("yearly", _("Yearly reports"), ("yearly-year", "yearly-report")),
        Page("board", _("Board")),
        Page("tasks", _("Tasks"), ("task",)),
        Page("meetings", _("Meetings"), ("meeting",)),
        Page("calendar", _("Calendar")),
    )),
    Group(_("Documents"), (
        Page("documents", _("Documents"), ("document", "document-block", "document-versions")),
        Page("released", _("Public area")),
        Page("templates", _("Word templates")),
    )),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A group as one reader sees it on one page."""

    words: Words
    pages: tuple[tuple[Page, bool], ...]  # with whether it is the one that is read
    here: bool

    @property
    def first(self) -> Page:
        return self.pages[0][0]


def shown(who: Principal | None, at: str) -> tuple[Shown, ...]:
    """The groups that hold a page which ``who`` may open; ``at`` is the name of the address that is read."""
    found = []
    for group in GROUPS:
        pages = tuple((page, at == page.name or at in page.below) for page in group.pages if _opens(who, page.name))
        if pages:
            found.append(Shown(group.words, pages, any(here for _page, here in pages)))
    return tuple(found)


def _opens(who: Principal | None, name: str) -> bool:
    asked = _asked()[name]
    return asked is None or (who is not None and who.may(asked))


@cache
def _asked() -> dict[str, Permission | None]:
    """Name of an address → what its door asks; ``None`` asks no more than a sign-in."""
    from halfsky.web import urls  # the pages' templates read this module

    return {str(pattern.name): getattr(pattern.callback, "door").permission for pattern in urls.urlpatterns}  # noqa: B009
