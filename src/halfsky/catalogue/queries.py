"""Which plans are installed here, and the official words attached to them."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from halfsky.catalogue.models import OfficialText
from halfsky.plan import Plan, load_plan


class UnknownPlan(LookupError):
    """No pack of this id is installed."""


def folders() -> dict[str, Path]:
    """Pack id → folder: every folder under ``PLANS_DIR`` that holds a plan.yaml; its name is its id."""
    root = Path(settings.PLANS_DIR)
    return {path.parent.name: path.parent for path in sorted(root.glob("*/plan.yaml"))}


def folder(plan_id: str) -> Path:
    try:
        return folders()[plan_id]
    except KeyError:
        raise UnknownPlan(plan_id) from None


def state(plan_id: str) -> tuple[tuple[str, int], ...]:
    """The files of a pack with their times: it changes whenever the pack may have."""
    return tuple((str(f), f.stat().st_mtime_ns) for f in sorted(folder(plan_id).rglob("*.yaml")))


def plan(plan_id: str) -> Plan:
    """The plan of an id; raises :class:`UnknownPlan`, or ``Faulty`` when its pack is not sound."""
    return _loaded(folder(plan_id))


def plans() -> tuple[Plan, ...]:
    """Every installed plan, in id order; raises ``Faulty`` when a pack is not sound."""
    return tuple(_loaded(path) for path in folders().values())


def _loaded(path: Path) -> Plan:
    return load_plan(path, kept=Path(settings.CACHE_DIR) / "plans")


def official_text(plan_id: str) -> dict[str, str]:
    """Clause id → official words; empty when the office has attached none."""
    return dict(OfficialText.objects.filter(plan=plan_id).values_list("clause", "words"))
