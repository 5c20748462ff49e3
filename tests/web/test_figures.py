"""What pages may show of a verdict that rests on figures which are not free to publish."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from halfsky.alerts.opened import WITHHELD, _without_numbers, open_verdicts
from halfsky.assess import Finding, Oddity, Standing, Verdict
from halfsky.plan import Kind, Plan, Text
from tests.web import pack

TOLD = {
    "plan", "target", "clause", "indicator", "kind", "region", "as_of", "status", "milestone", "aspiration", "flags",
    "points", "peers", "change_points", "demonstration", "year", "base_year",
}  # fmt: skip


def spiked(region: str) -> Verdict:
    """A verdict with numbers wherever one can have them."""
    words = Text(zh="2023年为13.57%", en="13.57% in 2023")
    facts: dict[str, Any] = {
        "plan": "p", "target": "G2.1c", "clause": "G2.1", "indicator": "science_literacy", "kind": Kind.NEAR,
        "region": region, "as_of": 2025, "status": Standing.AT_RISK, "milestone": 2030, "points": 9, "year": 2024,
        "bound": Decimal("13.57"), "value": Decimal("13.57"), "gap": Decimal("13.57"), "probability": 0.1357,
        "sentence": words, "reasons": (words,),
        "findings": (Finding(kind=Oddity.SPIKE, year=2023, value=Decimal("13.57"), low=1.357, text=words, todo=words),),
    }  # fmt: skip
    return Verdict(**facts)


def test_a_withheld_verdict_keeps_its_status_and_tells_no_number() -> None:
    left = _without_numbers(spiked(pack.HILL))
    assert (left.status, left.sentence) == (Standing.AT_RISK, WITHHELD)
    assert left.findings == ()
    assert "13" not in left.model_dump_json(exclude={"points"}).replace(pack.HILL, "")


def test_every_field_is_either_told_on_purpose_or_cleared() -> None:
    """A field added to verdicts is withheld until someone decides that it may be told."""
    left = _without_numbers(Verdict.model_construct(**dict.fromkeys(Verdict.model_fields, "kept")))
    assert {name for name in Verdict.model_fields if getattr(left, name) == "kept"} == TOLD


def test_only_verdicts_on_withheld_figures_lose_their_findings(site: Plan) -> None:
    secret, free = open_verdicts(site, (spiked(pack.HILL), spiked(pack.SHORE)))
    assert secret.findings == ()
    assert free == spiked(pack.SHORE)
