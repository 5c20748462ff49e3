"""Word templates of an office: uploaded after a trial, versions kept, the built-in one used where there is none."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import PurePath

from django.db import transaction
from django.db.models import Max

from halfsky.audit.actions import one_writer, record
from halfsky.places.actions import refuse
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.reports.models import Template
from halfsky.reports.wordtemplates import TemplateKind, check_template, template_kinds


def template_in_force(kind: str, region: str) -> Template | None:
    """The template that a place's documents of a kind use; ``None``: the built-in one."""
    return Template.objects.filter(kind=kind, region=region, withdrawn_at__isnull=True).order_by("-version").first()


def upload_template(*, kind: str, region: str, name: str, content: bytes, by: Principal) -> Template:
    """Take a template in, after it was filled with the sample in the limited process. Sent twice, it is taken once.

    Raises ``Forbidden``, and ``Faulty`` with every fault, where it stands and what to do.
    """
    actor = by.need(Permission.TEMPLATE_MANAGE, region=region)
    made = _kind(kind)
    file = PurePath(name.replace("\\", "/")).name[-200:]
    check_template(content, made, file=file)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        one_writer()
        held = template_in_force(kind, region)
        if held is not None and held.sha256 == digest:
            return held
        last = Template.objects.filter(kind=kind, region=region).aggregate(last=Max("version"))["last"] or 0
        record(
            by=actor, action="template.upload", subject=f"template:{kind}:{region}",
            before={"version": held.version, "sha256": held.sha256} if held else None,
            after={"version": last + 1, "name": file, "sha256": digest, "size": len(content)},
        )  # fmt: skip
        return Template.objects.create(
            kind=kind, region=region, version=last + 1, name=file, content=content, sha256=digest,
            uploaded_at=datetime.now(UTC), uploaded_by=actor.name,
        )  # fmt: skip


@transaction.atomic
def withdraw_template(*, kind: str, region: str, version: int, by: Principal) -> None:
    """Use the version before again, or the built-in template where there is none. Issued documents keep theirs."""
    one_writer()
    actor = by.need(Permission.TEMPLATE_MANAGE, region=region)
    held = Template.objects.filter(kind=kind, region=region, version=version, withdrawn_at__isnull=True).first()
    if held is None:
        return
    record(
        by=actor, action="template.withdraw", subject=f"template:{kind}:{region}",
        before={"version": held.version, "sha256": held.sha256},
    )  # fmt: skip
    held.withdrawn_at = datetime.now(UTC)
    held.save(update_fields=["withdrawn_at"])


def _kind(kind: str) -> TemplateKind:
    if (made := template_kinds().get(kind)) is None:
        raise refuse("template-kind", "没有这种模板。", "There is no such kind of template.")
    return made
