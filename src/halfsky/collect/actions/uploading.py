"""An Excel form comes in: read apart, shown as a dry run, and saved only when that very dry run is confirmed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from halfsky.collect.actions.filling import OPEN, save_cells
from halfsky.collect.models import Return, Upload
from halfsky.collect.sheetlayout import SHEET
from halfsky.collect.sheetread import DryRun, dry_run
from halfsky.observations import SheetRow, read_sheet
from halfsky.places.actions import refuse
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Plan
from halfsky.plan.wording import Language

KEPT = timedelta(hours=4)  # how long a dry run waits for its confirmation
MAX_FORM = 4 * 1024 * 1024  # bytes; a form of 400 indicators has a tenth of it
MOST_ROWS = 6_000
MOST_TEXT = 2_000_000  # characters kept of one form


class Changed(Exception):
    """What would be written is no longer what was shown: the draft has changed meanwhile. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmation wrote, and how many cells somebody else changed in the same moment."""

    saved: int
    conflicts: int


def hold_form(*, plan: Plan, sheet: Return, content: bytes, name: str, by: Principal, erase: bool = False) -> Upload:
    """Read a form in a process apart and keep what was read, for the dry run. The draft is not touched.

    Raises ``Forbidden``, and ``Faulty`` when the return is not being filled in. What is wrong with the file is kept with it.
    """
    actor = by.need(Permission.RETURN_FILL, region=sheet.region, unit=sheet.unit)
    if sheet.state not in OPEN:
        raise refuse(
            "return-closed",
            "报送表正在审核或已通过，不能上传；如需更正，请联系审核单位退回。",
            "The return is under review or accepted; ask the reviewing office to send it back before you upload.",
        )
    shown = re.sub(r"[^\w.\-() ]", "_", name)[-120:]
    if len(content) > MAX_FORM:
        rows: list[SheetRow] = []
        faults = list(
            refuse(
                "file-large", f"文件超过{MAX_FORM >> 20}MB，不是报送表。请只保留报送表后另存。",
                f"The file exceeds {MAX_FORM >> 20} MB and cannot be a form; keep only the form and save it again.",
            ).faults
        )  # fmt: skip
    else:
        rows, faults = read_sheet(content, sheet=SHEET, file=shown, most=MOST_ROWS)
    kept = [] if faults else [[row.number, {str(c): list(cell) for c, cell in row.cells.items()}] for row in rows]
    if sum(len(text) for row in rows for _, text in row.cells.values()) > MOST_TEXT:
        kept, faults = [], list(
            refuse(
                "sheet-long", "工作表内容过多，不是报送表。请重新下载后填写。",
                "The sheet holds far more than the form; download the form again and fill it in.",
            ).faults
        )  # fmt: skip
    now = datetime.now(UTC)
    with transaction.atomic():
        Upload.objects.filter(expires_at__lt=now).delete()
        return Upload.objects.create(
            sheet=sheet, user=actor.name, name=shown, digest=hashlib.sha256(content).hexdigest(), erase=erase, rows=kept,
            faults=[fault.model_dump(mode="json") for fault in faults], made_at=now, expires_at=now + KEPT,
        )  # fmt: skip


def dry_run_of(plan: Plan, upload: Upload, shown_in: Language = "zh") -> DryRun:
    """What an upload would do to the draft as it stands now."""
    if upload.faults:
        return DryRun(faults=tuple(Fault(**fault) for fault in upload.faults))
    rows = [
        SheetRow(number, {int(column): (kind, text) for column, (kind, text) in cells.items()})
        for number, cells in upload.rows
    ]
    return dry_run(plan, upload.sheet, rows, erase=upload.erase, file=upload.name, shown_in=shown_in)


@transaction.atomic
def confirm_form(*, plan: Plan, upload: int, seen: str, by: Principal) -> Confirmed:
    """Save what a dry run has shown: one event, with the file's hash as its reason.

    ``seen`` is the dry run's own fingerprint. Raises ``Forbidden``, ``Faulty`` when it has expired or is refused, and
    :class:`Changed` when the draft has moved on so that something else would be written. Confirmed twice, saved once.
    """
    held = Upload.objects.select_related("sheet__cycle", "sheet__office").get(pk=upload)
    actor = by.need(Permission.RETURN_FILL, region=held.sheet.region, unit=held.sheet.unit)
    if held.user != actor.name or held.expires_at < datetime.now(UTC):
        raise refuse(
            "upload-expired", "这次上传已经过期，请重新上传。", "This upload has expired; upload the file again."
        )
    if held.confirmed_at is not None:
        return Confirmed(0, 0)
    found = dry_run_of(plan, held)
    if found.seen != seen:
        raise Changed
    if not found.changes:
        raise refuse("upload-nothing", "没有可以保存的改动。", "There is nothing to save.")
    answer: dict[str, Any] = save_cells(
        plan=plan, sheet=held.sheet_id, changes=found.changes, by=by,
        key=hashlib.sha256(f"upload {held.pk} {actor.name} {seen}".encode()).hexdigest(),
        reason=f"上传Excel报送表 {held.name}（SHA-256 {held.digest}）",
    )  # fmt: skip
    Upload.objects.filter(pk=held.pk).update(confirmed_at=datetime.now(UTC))
    return Confirmed(len(found.changes) - len(answer["conflicts"]), len(answer["conflicts"]))
