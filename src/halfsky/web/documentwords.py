"""The words of documents: states, steps, kinds of edits. Message ids are English."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from halfsky.assess import Standing
from halfsky.reports.models import Document
from halfsky.web.words import Words

_S = Document.State

STATES: dict[str, Words] = {
    _S.DRAFT: pgettext_lazy("document", "Draft"),
    _S.REVIEW: pgettext_lazy("document", "Waiting for approval"),
    _S.APPROVED: pgettext_lazy("document", "Approved, to be issued"),
    _S.ISSUED: pgettext_lazy("document", "Issued"),
    _S.RELEASED: pgettext_lazy("document", "Released to the public"),
}
MARKS: dict[str, Standing] = {
    _S.DRAFT: Standing.NO_DATA, _S.REVIEW: Standing.UNCERTAIN, _S.APPROVED: Standing.ON_TRACK, _S.ISSUED: Standing.MET,
    _S.RELEASED: Standing.MET,
}  # fmt: skip
STEPS: dict[str, Words] = {
    "draft": _("drafted"),
    "submit": _("submitted for approval"),
    "return": _("sent back"),
    "approve": _("approved"),
    "take-back": _("taken back"),
    "issue": _("issued"),
    "release": _("released"),
}
EDITS: dict[str, Words] = {
    "words": _("words changed"),
    "add": _("paragraph added"),
    "hide": _("left out"),
}
LANGUAGES: dict[str, Words] = {"zh": _("Chinese"), "en": _("English")}
