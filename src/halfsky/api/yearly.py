"""Writing a yearly report part by part: what its page saves while one types."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Header, Router, Status

from halfsky.api.doors import operation
from halfsky.api.errors import told
from halfsky.api.returns import REFUSED, the_plan
from halfsky.api.shapes import PartsIn, PartsSaved
from halfsky.oversight import queries
from halfsky.oversight.actions import ItemChange, save_items
from halfsky.oversight.actions.yearly import missing
from halfsky.oversight.models import YearlyReport
from halfsky.places.roles import Permission
from halfsky.web.doors import acting

router = Router(tags=["yearly reports"])


@operation(
    router, "POST", "/yearly/{int:report}/parts", Permission.YEARLY_WRITE,
    response={200: PartsSaved, 409: PartsSaved, **REFUSED},
)  # fmt: skip
def save_yearly(
    request: HttpRequest,
    report: int,
    body: PartsIn,
    idempotency_key: Annotated[str, Header(min_length=8, max_length=100)],
) -> Any:
    """Save parts of a report. The same ``Idempotency-Key`` again is answered as before; 409 tells conflicts."""
    who = acting(request)
    held = YearlyReport.objects.select_related("round").filter(pk=report).first()
    if held is None:
        raise Http404(report)
    plan = the_plan(held.round.plan)
    if not queries.yearly_reports(who, plan).filter(pk=report).exists():
        raise Http404(report)
    key = hashlib.sha256(f"{who.actor.name}/yearly/{report}/{idempotency_key}".encode()).hexdigest()
    changes = [ItemChange(c.entry, c.version, c.progress, c.words, c.ahead) for c in body.cells]
    answer = save_items(plan=plan, report=report, changes=changes, by=who, key=key)
    items = list(held.items.all())
    content = {
        **answer, "values": {}, "findings": {}, "asked": len(items), "filled": sum(missing(i) is None for i in items),
    }  # fmt: skip
    if not answer["conflicts"]:
        return content
    clash = told(*(
        ("part-conflict", part, "此项已由他人修改，请选择保留哪一个。", "Somebody else has changed this part; choose which to keep.")
        for part in answer["conflicts"]
    ))  # fmt: skip
    return Status(409, {**content, **clash})
