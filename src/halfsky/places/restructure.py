"""Places that merge, split or change their name: old rows end, new ones begin, history keeps both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import get_args

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.observations.restate import Change, ChangeKind
from halfsky.places.actions import refuse
from halfsky.places.models import Region, RegionChange
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Text
from halfsky.plan import Region as PlanRegion
from halfsky.plan.model import RegionLevel


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place of the new structure. Without level and parent it has those of the place that it comes from."""

    code: str
    name: Text
    level: str = ""
    parent: str | None = None


def merge(*, codes: Sequence[str], into: NewPlace, year: int, by: Principal, reason: str) -> RegionChange:
    """Several places become one, which may go on under the code of one of them."""
    return _change(ChangeKind.MERGE, codes, [into], year, by, reason)


def split(*, code: str, into: Sequence[NewPlace], year: int, by: Principal, reason: str) -> RegionChange:
    """One place becomes several, of which one may keep its code."""
    return _change(ChangeKind.SPLIT, [code], into, year, by, reason)


def rename(*, code: str, to: NewPlace, year: int, by: Principal, reason: str) -> RegionChange:
    """The same place under another name, and another code where it gets one (a county that becomes a district)."""
    return _change(ChangeKind.RENAME, [code], [to], year, by, reason)


@transaction.atomic
def _change(
    kind: ChangeKind, codes: Sequence[str], new: Sequence[NewPlace], year: int, by: Principal, reason: str
) -> RegionChange:
    """End the old rows with the year before, and open the new ones.

    Raises ``Forbidden`` for a place that is not the actor's; ``Faulty`` where a place is not there, a code is in use,
    a place would end before it began, or the reason is missing.
    """
    one_writer()
    after = [place.code for place in new]
    actors = [by.need(Permission.PLACES_MANAGE, region=code) for code in codes]
    if not reason.strip():
        raise refuse(
            "reason-missing",
            "请写明区划变更的依据（批复文号等）。",
            "Say what the change rests on (the decision and its number).",
        )
    try:
        Change(kind, year, tuple(codes), tuple(after))
    except ValueError:
        raise refuse(
            "change-shape",
            "合并须由两个以上地区并为一个，拆分须由一个分为两个以上。",
            "A merger takes two places or more into one, a split makes two or more of one.",
        ) from None
    if len({*codes}) < len(codes) or len({*after}) < len(after):
        raise refuse("change-twice", "同一地区代码出现两次。", "The same code stands twice.")
    held = {row.code: row for row in Region.objects.filter(code__in=codes, until__isnull=True)}
    for code in codes:
        if code not in held:
            raise refuse("place-unknown", f"现行区划中没有 {code}。", f"There is no {code} in the present structure.")
        since = held[code].since
        if since is not None and year <= since:
            raise refuse(
                "change-early",
                f"{code} 自{since}年起设立，变更年份须更晚。",
                f"{code} exists since {since}; it cannot change by {year}.",
            )
    taken = Region.objects.filter(code__in=set(after) - set(codes), until__isnull=True).values_list("code", flat=True)
    if taken:
        raise refuse("code-taken", f"代码已被使用：{'、'.join(taken)}。", f"The code is in use: {', '.join(taken)}.")
    _levels_known(new)
    event = record(
        by=actors[0], action=f"places.{kind.value}", subject=f"region:{codes[0]}", before={"codes": list(codes)},
        after={"year": year, "codes": after, "names": [place.name.zh for place in new]}, reason=reason,
    )  # fmt: skip
    Region.objects.filter(pk__in=[row.pk for row in held.values()]).update(until=year - 1)
    model = held[codes[0]]
    Region.objects.bulk_create(
        Region(
            code=place.code, name_zh=place.name.zh, name_en=place.name.en, level=place.level or model.level,
            parent=model.parent if place.parent is None else place.parent, since=year,
        )
        for place in new
    )  # fmt: skip
    return RegionChange.objects.create(
        kind=kind, year=year, before=list(codes), after=after, reason=reason, event=event
    )


def _levels_known(new: Collection[NewPlace]) -> None:
    known = {"", *get_args(RegionLevel)}
    if unknown := [place.level for place in new if place.level not in known]:
        raise refuse("level-unknown", f"没有“{unknown[0]}”这一级别。", f"There is no level '{unknown[0]}'.")


def changes(codes: Collection[str]) -> tuple[Change, ...]:
    """The changes that concern these places, oldest first, whatever code they had before or have since."""
    rows = [Change(ChangeKind(r.kind), r.year, tuple(r.before), tuple(r.after)) for r in RegionChange.objects.all()]
    known, size = set(codes), -1
    while len(known) != size:
        size = len(known)
        for row in rows:
            if known & {*row.before, *row.after}:
                known |= {*row.before, *row.after}
    return tuple(row for row in rows if known & {*row.before, *row.after})


def structured(plan: Plan, year: int) -> Plan:
    """The plan with its places as they stood in a year; the plan itself where nothing ever changed."""
    concerned = changes(plan.place.keys())
    if not concerned:
        return plan
    codes = {code for change in concerned for code in (*change.before, *change.after)}
    rows = [
        row
        for row in Region.objects.filter(code__in=codes)
        if (row.since is None or row.since <= year) and (row.until is None or year <= row.until)
    ]
    made = {
        row.code: PlanRegion(
            code=row.code,
            name=Text(zh=row.name_zh, en=row.name_en),
            level=row.level,
            parent=row.parent or None,
        )
        for row in rows
    }
    kept = [made.pop(r.code, None) if r.code in codes else r for r in plan.regions]
    regions = (*(r for r in kept if r is not None), *made.values())
    return Plan(**{**{name: getattr(plan, name) for name in Plan.model_fields}, "regions": regions})
