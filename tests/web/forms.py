"""Reading the fields of a form as a browser would send them."""

from __future__ import annotations

from lxml import html


def fields_of(page: str, css_class: str) -> dict[str, str | list[str]]:
    """Every field of the form of a class, with what it would send untouched."""
    form = html.fromstring(page).xpath(f'//form[contains(@class, "{css_class}")]')[0]
    found: dict[str, str | list[str]] = {}
    for name, value in form.form_values():
        if name in found:
            held = found[name]
            found[name] = [*(held if isinstance(held, list) else [held]), value]
        else:
            found[name] = value
    return found
