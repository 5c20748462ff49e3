"""What the script of the grid says."""

from __future__ import annotations

from django.utils.translation import gettext as _

from halfsky.observations.columns import CONFIDENTIALITY_NAMES, STATUS_NAMES
from halfsky.web.book import page_language


def script_words() -> dict[str, object]:
    """Everything that the grid's script may say, in the reader's language."""
    language = page_language()
    return {
        "statuses": {code.value: name.in_language(language) for code, name in STATUS_NAMES.items()},
        "codes": {name: code.value for code, names in STATUS_NAMES.items() for name in (names.zh, names.en)},
        "confidentiality": {code.value: name.in_language(language) for code, name in CONFIDENTIALITY_NAMES.items()},
        "secrecies": {n: code.value for code, names in CONFIDENTIALITY_NAMES.items() for n in (names.zh, names.en)},
        "language": language,
        "saved": _("Saved {time}"),
        "sending": _("Saving…"),
        "pending": _("{n} waiting to be saved"),
        "offline": _("{n} waiting to be sent; they are saved by themselves once the connection is back"),
        "expired": _("The session has ended. Sign in again in a new window; nothing that you typed is lost."),
        "held": _("{n} to settle: correct the number, or choose between two versions"),
        "full": _("The browser's storage is full: do not close this page before everything is saved."),
        "wait": _("Not everything is saved yet. Send it again once it says so."),
        "conflict": _("{by} has changed this cell meanwhile."),
        "mine": _("Keep mine: {value}"),
        "theirs": _("Take theirs: {value}"),
        "blank": _("blank"),
        "explain": _("Write the explanation"),
        "sex": _("women and men"),
        "residence": _("urban and rural"),
        "numerator": _("Numerator"),
        "denominator": _("Denominator"),
        "value": _("Value"),
        "agrees": _("{column}: {parts} sum to {sum}, as the total says"),
        "differs": _("{column}: {parts} sum to {sum}, the total says {total}; they differ by {difference}"),
        "pasted": _("{n} cells pasted"),
        "skipped": _("{n} computed cells left as they are"),
        "beyond": _("{n} did not fit below or beside the table"),
        "undone": _("Undone"),
        "redone": _("Done again"),
        "formula": _("This is a formula; paste it as a value."),
        "missing-word": _("This is not a number. Where there is no figure, choose why in the status column."),
        "number-not-finite": _("This is not a number; write digits."),
        "percent-sign": _("Write the number without the percent sign."),
        "number-comma": _("This comma does not part thousands; use a decimal point."),
        "number-malformed": _("This is not a number; write digits."),
        "number-digits": _("More than 15 digits or 8 decimals cannot be kept exactly; check it."),
        "code-unknown": _("There is no such choice; press Enter to see them."),
    }
