"""A target in a few words: what is asked for, by when."""

from __future__ import annotations

from halfsky.assess import promise
from halfsky.plan import Plan, Target, Text
from halfsky.reports.words import listed


def promised(plan: Plan, target: Target) -> Text:
    """What the target asks for at each of its milestones, with their years."""
    asked = [(m.year, promise(plan, target, m.year)) for m in target.milestones]
    return Text(
        zh=listed([f"{year}年{words.zh}" for year, words in asked], "zh"),
        en=listed([f"by {year} {words.en}" for year, words in asked], "en"),
    )
