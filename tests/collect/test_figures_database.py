"""Figures go in whole, are revised with a reason, and keep every earlier version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import QuerySet

from halfsky.audit.models import Event
from halfsky.audit.queries import verify
from halfsky.collect import queries
from halfsky.collect.actions import Taken, import_figures
from halfsky.collect.actions import figures as actions
from halfsky.collect.models import Figure
from halfsky.observations import Confidentiality, Nature, Observation, Status
from halfsky.plan import Faulty
from tests.support import CITY, CLERK, SHORE, figure, rising, small_plan

pytestmark = pytest.mark.django_db
PLAN = small_plan()


def take(*observations, **more) -> Taken:
    return import_figures(plan=PLAN, observations=observations, by=CLERK, **more)


def codes(error: pytest.ExceptionInfo[Faulty]) -> set[str]:
    return {fault.code for fault in error.value.faults}


def test_what_stood_before_a_revision_is_told_with_its_series_and_year() -> None:
    first = figure("screening", CITY, 2021, "60")
    take(
        first, figure("screening", CITY, 2022, None, status=Status.NOT_COLLECTED), figure("screening", CITY, 2023, "66")
    )
    assert queries.revised(PLAN) == {}
    take(replace(first, value=Decimal("61")), figure("screening", CITY, 2022, "64"), reason="补报")
    take(replace(first, value=Decimal("62.5")), reason="再次核对")
    assert queries.revised(PLAN) == {(first.series, 2021): Decimal("61")}
    take(replace(first, value=Decimal("62.5"), comment="注明来源"), reason="补充说明")
    assert queries.revised(PLAN) == {}


def test_what_stood_before_and_was_confidential_is_not_told() -> None:
    first = figure("screening", CITY, 2021, "60", confidentiality=Confidentiality.CONFIDENTIAL)
    take(first)
    take(replace(first, value=Decimal("61"), confidentiality=Confidentiality.FREE), reason="公布")
    assert queries.revised(PLAN) == {}


def test_figures_come_back_exactly_as_they_went_in() -> None:
    sent = [
        figure("maternal_mortality", CITY, 2021, "7.16", numerator=Decimal(3), denominator=Decimal(41899)),
        figure("maternal_mortality", CITY, 2022, "0"),
        figure("maternal_mortality", CITY, 2023, None, status=Status.NOT_COLLECTED, comment="系统停用"),
        figure("maternal_mortality", SHORE, 2023, None, status=Status.NOT_APPLICABLE),
        figure("screening", CITY, 2023, "100", nature=Nature.SURVEY),
    ]
    assert take(*sent) == Taken(5, 0, 0)
    assert sorted(queries.figures(PLAN), key=lambda o: o.key) == sorted(sent, key=lambda o: o.key)


def test_zero_is_not_blank_and_blank_is_not_zero() -> None:
    take(figure("screening", CITY, 2021, "0"), figure("screening", CITY, 2022, None, status=Status.NOT_COLLECTED))
    held = queries.figures(PLAN)
    key = figure("screening", CITY, 2021, "0").series
    assert held.value(key, 2021) == 0
    assert held.get(key, 2022).value is None
    assert held.get(key, 2023) is None


def test_the_same_file_sent_twice_changes_nothing() -> None:
    sent = rising("screening", CITY, 2020, "60", "61.5")
    take(*sent)
    assert take(*sent) == Taken(0, 0, 2)
    assert Event.objects.count() == 1


def test_a_revision_needs_a_reason_and_keeps_the_earlier_version() -> None:
    first = figure("screening", CITY, 2021, "61.5")
    take(first, file="first.csv")
    better = replace(first, value=Decimal("62.1"))
    with pytest.raises(Faulty) as refused:
        take(better)
    assert codes(refused) == {"reason-missing"}
    assert take(better, reason="补报漏统计的街道", file="second.csv") == Taken(0, 1, 0)
    trail = queries.trail(PLAN.id, first.series, 2021)
    assert [(v.version, v.current, v.observation.value, v.file) for v in trail] == [
        (2, True, Decimal("62.1"), "second.csv"),
        (1, False, Decimal("61.5"), "first.csv"),
    ]
    assert trail[0].reason == "补报漏统计的街道"
    assert trail[0].actor == CLERK.actor.name
    assert queries.figures(PLAN).value(first.series, 2021) == Decimal("62.1")
    assert verify() == []


def test_a_third_version_counts_on() -> None:
    first = figure("screening", CITY, 2021, "61")
    take(first)
    for value in ("62", "63"):
        take(replace(first, value=Decimal(value)), reason="更正")
    assert [v.version for v in queries.trail(PLAN.id, first.series, 2021)] == [3, 2, 1]
    assert Figure.objects.filter(current=True).count() == 1


def test_one_faulty_figure_keeps_the_whole_delivery_out() -> None:
    good = figure("screening", CITY, 2021, "61")
    with pytest.raises(Faulty) as refused:
        take(good, good, figure("screening", CITY, 2022, "0.1234567890123456789"))
    assert codes(refused) == {"figure-repeated", "figure-digits"}
    assert Figure.objects.count() == Event.objects.count() == 0


def test_demonstration_data_may_not_replace_a_real_figure() -> None:
    real = figure("screening", CITY, 2021, "61", nature=Nature.PRINTED)
    take(real)
    with pytest.raises(Faulty) as refused:
        take(replace(real, value=Decimal(99), nature=Nature.DEMO), reason="演示")
    assert codes(refused) == {"demo-over-real"}


def test_every_citation_is_listed_once() -> None:
    take(figure("screening", CITY, 2021, "61", source="年报"), figure("screening", CITY, 2022, "62", source="年报"))
    assert queries.sources(PLAN.id) == ["年报"]
    assert not queries.has_demonstration(PLAN.id)


def test_only_the_named_indicators_and_places_are_read() -> None:
    take(
        *rising("screening", CITY, 2021, "1", "2"),
        *rising("screening", SHORE, 2021, "3"),
        *rising("maternal_mortality", CITY, 2021, "9"),
    )
    assert len(queries.figures(PLAN, indicators=["screening"])) == 3
    assert len(queries.figures(PLAN, indicators=["screening"], regions=[SHORE])) == 1


def test_words_of_every_kind_come_back_as_they_went_in() -> None:
    odd = ["tab\there", "two\nlines", "\\N", "\\.", "back\\slash\\n", '"quoted"', "统计局： 人数", "'", ""]
    sent = [figure("screening", CITY, 2011 + i, "61", source=words, comment=words) for i, words in enumerate(odd)]
    take(*sent)
    assert sorted(queries.figures(PLAN), key=lambda o: o.year) == sent
    assert take(*sent) == Taken(0, 0, len(sent))


def test_what_is_taken_is_compared_with_figures_of_its_years_and_places_only(monkeypatch: pytest.MonkeyPatch) -> None:
    take(*rising("screening", CITY, 2015, "1", "2", "3"), *rising("maternal_mortality", SHORE, 2015, "9", "8"))
    read: list[int] = []

    def counted(rows: QuerySet[Figure]) -> Iterator[Observation]:
        found = list(queries.observations(rows))
        read.append(len(found))
        return iter(found)

    monkeypatch.setattr(actions, "observed", counted)
    assert take(figure("screening", CITY, 2017, "3"), figure("screening", CITY, 2018, "4")) == Taken(1, 0, 1)
    assert read == [1]


def test_many_figures_are_compared_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [o for name in ("screening", "maternal_mortality") for o in rising(name, CITY, 2015, "1", "2", "3")]
    take(*whole)
    monkeypatch.setattr(actions, "_AT_ONCE", 2)
    revised = [*whole[:4], replace(whole[4], value=Decimal(7)), whole[5], figure("screening", SHORE, 2015, "4")]
    assert take(*revised, reason="更正") == Taken(1, 1, 5)
    assert sorted(queries.figures(PLAN), key=lambda o: o.key) == sorted(revised, key=lambda o: o.key)


def test_the_digest_is_that_of_the_sorted_lines() -> None:
    taken = [
        figure(indicator, region, year, value, source=source, numerator=None if value is None else Decimal(3), status=status)
        for indicator in ("a", "a_b", "ab") for region in (SHORE, CITY) for year in (2022, 2021)
        for value, status, source in (("1E+2", Status.NORMAL, "it's \"so\""), (None, Status.NOT_COLLECTED, "年报\n"))
    ]  # fmt: skip
    lines = sorted(
        repr((o.series, o.year, str(o.value), str(o.numerator), str(o.denominator), o.status.value,
              o.confidentiality.value, o.nature.value, o.source, o.comment)) for o in taken
    )  # fmt: skip
    assert actions._digest(taken) == hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_what_is_withheld_is_asked_of_the_figures_once_until_one_changes(django_assert_num_queries: Any) -> None:
    secret = figure("screening", CITY, 2021, "61", confidentiality=Confidentiality.CONFIDENTIAL)
    take(secret, figure("maternal_mortality", SHORE, 2021, "9"))
    assert queries.withheld(PLAN) == {("screening", CITY)}
    with django_assert_num_queries(2):  # whether figures or places have changed
        assert queries.withheld(PLAN) == {("screening", CITY)}
    take(figure("maternal_mortality", SHORE, 2022, "8", confidentiality=Confidentiality.CONFIDENTIAL))
    assert queries.withheld(PLAN) == {("screening", CITY), ("maternal_mortality", SHORE)}
    take(replace(secret, confidentiality=Confidentiality.FREE), reason="公布")
    assert queries.withheld(PLAN) == {("maternal_mortality", SHORE)}
