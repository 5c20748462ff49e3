"""Charts are pictures with addresses that never change their content."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client

from halfsky.alerts.actions import assess_plan
from halfsky.collect.actions import import_figures
from halfsky.plan import Plan
from tests.support import CLERK
from tests.web import pack
from tests.web.conftest import visitor


def pictures(client: Client, address: str) -> list[str]:
    page = client.get(address).content.decode()
    return [a.replace("&amp;", "&") for a in re.findall(r'(?:src|srcset)="(/[^"]+\.svg\?[^"]+)"', page)]


@pytest.mark.slow
@pytest.mark.parametrize("tail", ["indicators/science_literacy/", "map/"])
def test_every_picture_of_a_page_is_there_and_kept_for_good(site: Plan, tail: str) -> None:
    client = visitor()
    found = pictures(client, f"/{site.id}/{tail}")
    assert len(found) >= 5
    for address in found:
        response = client.get(address)
        assert response.status_code == 200, address
        assert response.headers["Content-Type"] == "image/svg+xml"
        assert "immutable" in response.headers["Cache-Control"]
        assert response.content.lstrip().startswith(b"<svg")


def test_a_new_figure_gives_new_addresses_and_the_old_ones_expire(site: Plan) -> None:
    client = visitor()
    before = pictures(client, f"/{site.id}/map/")[0]
    changed = replace(pack.revision(), value=Decimal("12.5"), numerator=Decimal(5))
    import_figures(plan=site, observations=[changed], by=CLERK, reason="再次核减")
    assess_plan(plan=site, as_of=2024, by=CLERK)
    assert pictures(client, f"/{site.id}/map/")[0] != before
    assert client.get(before).headers["Cache-Control"] == "no-cache"


def test_an_unchanged_picture_is_not_sent_twice(site: Plan) -> None:
    client = visitor()
    address = f"/{site.id}/charts/series.light.zh.svg?indicator=screening"
    tag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_the_language_of_the_picture_is_that_of_its_address(site: Plan) -> None:
    client = visitor()
    zh, en = (
        client.get(f"/{site.id}/charts/series.light.{code}.svg?indicator=screening").content.decode()
        for code in ("zh", "en")
    )
    assert "宫颈癌筛查率" in zh
    assert "Cervical screening rate" in en


@pytest.mark.parametrize("query", ["indicator=screening&size=90000", "indicator=screening&as_of=x"])
def test_a_size_or_year_that_cannot_be_chosen_is_refused(site: Plan, query: str) -> None:
    assert visitor().get(f"/{site.id}/charts/series.light.zh.svg?{query}").status_code == 400
