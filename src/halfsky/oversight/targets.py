"""The target table of a yearly report: what the database says of the targets of its clauses, for its year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from halfsky.alerts import queries as alerts
from halfsky.assess import Standing, promise
from halfsky.assess.series import cut_key
from halfsky.collect import queries as collect
from halfsky.observations import Observation, SeriesKey, Status
from halfsky.observations.columns import number_text
from halfsky.places.policy import Principal
from halfsky.plan import Plan, Target, Text


@dataclass(frozen=True, slots=True)
class Line:
    """One target in one place. Values are texts, empty where there is none; ``year`` is that of the newest figure up to
    the report's year, ``last_year`` that of the one before it. ``standing`` is empty where nothing was judged."""

    target: str
    clause: str
    indicator: str
    asked: Text
    year: int | None = None
    value: str = ""
    withheld: bool = False
    last_year: int | None = None
    last: str = ""
    standing: str = ""
    demonstration: bool = False

    @property
    def verdict(self) -> Standing | None:
        return Standing(self.standing) if self.standing else None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "asked": {"zh": self.asked.zh, "en": self.asked.en}}

    @classmethod
    def of_json(cls, content: dict[str, Any]) -> Line:
        return cls(**{**content, "asked": Text(**content["asked"])})


def table(plan: Plan, region: str, clauses: Iterable[str], year: int, who: Principal | None) -> list[Line]:
    """The lines of some clauses, as one reader may see them; ``None`` sees what is free to publish.

    A target that does not bind the place is left out where the place has no figure of it.
    """
    wanted = set(clauses)
    targets = [t for t in plan.targets if t.clause in wanted]
    if not targets:
        return []
    held = collect.visible(who, plan, indicators={t.indicator for t in targets}, regions=[region])
    made = alerts.latest(plan.id, year)
    judged = {v.target: v.status for v in alerts.verdicts_of(made) if v.region == region} if made else {}
    lines = (
        _line(plan, target, cut_key(plan, target, target.indicator, region), held, year, judged) for target in targets
    )
    return [line for line in lines if line is not None]


def _line(plan: Plan, target: Target, key: SeriesKey, held: Any, year: int, judged: dict[str, Standing]) -> Line | None:
    known = sorted((o for y, o in held.series(key).items() if y <= year and _tells(o)), key=lambda o: o.year)
    if not known and target.id not in judged:
        return None
    now, last = (known[-1] if known else None), (known[-2] if len(known) > 1 else None)
    milestone = target.milestone_in_force(year).year
    asked = promise(plan, target, milestone)
    return Line(
        target.id, target.clause, target.indicator,
        Text(zh=f"{milestone}年{asked.zh}", en=f"by {milestone} {asked.en}"),
        now.year if now else None, _text(now), now is not None and now.value is None, last.year if last else None, _text(last),
        judged[target.id].value if target.id in judged else "",
        any(o is not None and o.nature == "demo" for o in (now, last)),
    )  # fmt: skip


def _tells(o: Observation) -> bool:
    return o.value is not None or o.status is Status.SUPPRESSED


def _text(o: Observation | None) -> str:
    return "" if o is None or o.value is None else number_text(o.value)


def values(lines: Iterable[Line]) -> dict[str, dict[str, str]]:
    """Clause → target → year and value: what words about the clause were written on."""
    found: dict[str, dict[str, str]] = {}
    for line in lines:
        if line.year is not None and not line.withheld:
            found.setdefault(line.clause, {})[line.target] = f"{line.year} {line.value}"
    return found
