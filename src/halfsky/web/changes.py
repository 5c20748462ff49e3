"""What changed in the verdicts lately: which promises went a step down, and which a step up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from halfsky.alerts.models import Assessment
from halfsky.alerts.opened import open_verdicts
from halfsky.alerts.queries import verdicts_of
from halfsky.assess import Standing, Verdict, named
from halfsky.plan import Plan, Region, Target, Text

WITHIN = timedelta(days=30)
_RANK = {
    Standing.MISSED: 0, Standing.AT_RISK: 1, Standing.UNCERTAIN: 2, Standing.ON_TRACK: 3, Standing.MET: 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A promise in a place that stands elsewhere than it did."""

    target: Target
    name: Text
    region: Region
    before: Standing
    after: Standing

    @property
    def steps(self) -> int:
        """How far it moved; below nought it got worse."""
        return _RANK[self.after] - _RANK[self.before]


@dataclass(frozen=True, slots=True)
class Changes:
    """The worst first; ``since`` is what they are compared with: a moment in the same year, or the year before."""

    since: datetime
    year_before: int | None
    worse: tuple[Change, ...]
    better: tuple[Change, ...]


def changes(plan: Plan, made: Assessment, now: datetime) -> Changes | None:
    """Verdicts of an assessment beside those of thirty days ago; ``None`` where there is nothing to compare with.

    Where the year was first judged since then, they are compared with the newest ones of the year before.
    """
    same = Assessment.objects.filter(plan=plan.id, as_of=made.as_of, made_at__lte=now - WITHIN).order_by("-pk").first()
    earlier = same or Assessment.objects.filter(plan=plan.id, as_of__lt=made.as_of).order_by("-as_of", "-pk").first()
    if earlier is None:
        return None
    old = {(v.target, v.region): v for v in open_verdicts(plan, verdicts_of(earlier))}
    found = [
        change
        for verdict in open_verdicts(plan, verdicts_of(made))
        if (change := _change(plan, old.get((verdict.target, verdict.region)), verdict)) is not None
    ]
    found.sort(key=lambda c: (-abs(c.steps), c.target.id, c.region.code))
    return Changes(
        earlier.made_at, None if same else earlier.as_of,
        tuple(c for c in found if c.steps < 0), tuple(c for c in found if c.steps > 0),
    )  # fmt: skip


def _change(plan: Plan, before: Verdict | None, after: Verdict) -> Change | None:
    """``None`` too where either could not be judged: what is not known has not moved."""
    if before is None or before.status == after.status or not {before.status, after.status} <= set(_RANK):
        return None
    target, region = plan.target.get(after.target), plan.place.get(after.region)
    if target is None or region is None:
        return None
    return Change(target, named(plan.indicator[target.indicator], target.cut), region, before.status, after.status)
