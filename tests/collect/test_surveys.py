"""The register of special surveys: an estimate with its error fills a gap, replaces nothing in silence, and can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from halfsky.audit.models import Event
from halfsky.audit.queries import verify
from halfsky.collect.actions import SurveyData, add_survey, import_figures, revise_survey, withdraw_survey
from halfsky.collect.models import Figure, Survey
from halfsky.collect.queries import figures, surveys, trail
from halfsky.collect.signals import figures_changed
from halfsky.observations import Confidentiality, Nature, Observation, SeriesKey, Status
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.models import Office
from halfsky.places.policy import Forbidden, Principal, principal
from halfsky.plan import Faulty
from tests.support import CITY, CLERK, HILL, SHORE, figure, small_plan, with_units

PLAN = with_units(small_plan())
KEY = SeriesKey("screening", SHORE)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places() -> None:
    establish(plan=PLAN, by=CLERK)


def data(**changes: Any) -> SurveyData:
    office = Office.objects.get(unit="statistics-d", region=SHORE)
    written = SurveyData(
        indicator="screening", region=SHORE, year=2023, estimate=Decimal("61.5"), sample_size=1200,
        standard_error=Decimal("1.4"), low=Decimal("58.8"), high=Decimal("64.2"), level=Decimal(95),
        method="两阶段整群抽样，入户调查", office=office.pk, began=date(2023, 9, 1), ended=date(2023, 10, 15),
        reference="统调〔2023〕4号",
    )  # fmt: skip
    return replace(written, **changes)


def add(**changes: Any) -> Survey:
    return add_survey(plan=PLAN, data=data(**changes), by=CLERK)


def held() -> Observation | None:
    return figures(PLAN).get(KEY, 2023)


def statistics(region: str, role: str = "district_statistics") -> Principal:
    user = add_person(username=f"{role}@{region}", full_name="统计", by=CLERK)
    appoint(user=user, role=role, region=region, by=CLERK)
    return principal(user, door="web")


def codes(refused: pytest.ExceptionInfo[Faulty]) -> dict[str, str]:
    return {f.cell: f.code for f in refused.value.faults}


def test_an_estimate_enters_the_database_with_its_nature_status_and_error() -> None:
    heard: list[frozenset[str]] = []

    def hear(sender: object, indicators: frozenset[str], **_: object) -> None:
        heard.append(indicators)

    figures_changed.connect(hear)
    survey = add()
    figures_changed.disconnect(hear)
    made = held()
    assert made is not None
    assert (made.value, made.nature, made.status) == (Decimal("61.5"), Nature.SURVEY, Status.ESTIMATED)
    assert all(part in made.comment for part in ("n=1200", "1.4", "95%", "58.8", "64.2"))
    assert "统调〔2023〕4号" in made.source
    assert heard == [{"screening"}]  # verdicts follow
    assert surveys(PLAN)[KEY, 2023] == survey
    assert list(Event.objects.values_list("action", flat=True))[-2:] == ["survey.add", "figures.import"]
    assert verify() == []


def test_only_the_statistics_office_of_the_place_keeps_it() -> None:
    survey = add_survey(plan=PLAN, data=data(), by=statistics(SHORE))
    for who in (statistics(HILL), statistics(CITY, "leader"), statistics(CITY, "committee")):
        with pytest.raises(Forbidden):
            add_survey(plan=PLAN, data=data(year=2022), by=who)
        with pytest.raises(Forbidden):
            withdraw_survey(plan=PLAN, survey=survey.pk, version=1, by=who, reason="x")
    add_survey(plan=PLAN, data=data(year=2022), by=statistics(CITY, "statistics"))


def test_a_reported_figure_is_never_replaced_in_silence() -> None:
    import_figures(plan=PLAN, observations=[figure("screening", SHORE, 2023, "70")], by=CLERK)
    with pytest.raises(Faulty) as refused:
        add()
    assert codes(refused) == {"reason": "survey-over-figure"}
    assert "70" in refused.value.faults[0].message.zh
    assert (held().value, Survey.objects.count()) == (70, 0)  # type: ignore[union-attr]
    add_survey(plan=PLAN, data=data(), by=CLERK, reason="报表数据经核查不实")
    assert held().value == Decimal("61.5")  # type: ignore[union-attr]
    assert trail(PLAN.id, KEY, 2023)[0].reason == "报表数据经核查不实"


def test_a_blank_is_filled_without_asking() -> None:
    blank = figure("screening", SHORE, 2023, None, status=Status.NOT_COLLECTED)
    import_figures(plan=PLAN, observations=[blank], by=CLERK)
    add()
    assert held().value == Decimal("61.5")  # type: ignore[union-attr]


def test_a_revision_says_why_and_keeps_what_it_revised() -> None:
    survey = add()
    with pytest.raises(Faulty) as refused:
        revise_survey(plan=PLAN, survey=survey.pk, version=1, data=data(), by=CLERK, reason="")
    assert codes(refused) == {"reason": "reason-missing"}
    revise_survey(plan=PLAN, survey=survey.pk, version=1, data=data(estimate=Decimal(60)), by=CLERK, reason="加权有误")
    assert [v.observation.value for v in trail(PLAN.id, KEY, 2023)] == [60, Decimal("61.5")]
    with pytest.raises(Faulty) as refused:
        revise_survey(plan=PLAN, survey=survey.pk, version=1, data=data(), by=CLERK, reason="晚到")
    assert refused.value.faults[0].code == "survey-changed"
    with pytest.raises(Faulty) as refused:
        revise_survey(plan=PLAN, survey=survey.pk, version=2, data=data(year=2022), by=CLERK, reason="x")
    assert codes(refused) == {"indicator": "survey-figure"}


def test_what_changes_no_figure_makes_no_version_of_it() -> None:
    survey = add()
    revise_survey(plan=PLAN, survey=survey.pk, version=1, data=data(note="附表"), by=CLERK, reason="补充附表")
    assert Figure.objects.count() == 1


def test_withdrawn_it_leaves_not_collected_or_what_stood_before() -> None:
    survey = add()
    withdraw_survey(plan=PLAN, survey=survey.pk, version=1, by=CLERK, reason="抽样框有误")
    assert (held().value, held().status) == (None, Status.NOT_COLLECTED)  # type: ignore[union-attr]
    assert surveys(PLAN) == {}
    import_figures(plan=PLAN, observations=[figure("screening", SHORE, 2023, "70")], by=CLERK, reason="补报")
    again = add_survey(plan=PLAN, data=data(), by=CLERK, reason="核查")
    withdraw_survey(plan=PLAN, survey=again.pk, version=1, by=CLERK, reason="核查结论撤销")
    assert held().value == 70  # type: ignore[union-attr]


def test_what_was_reported_since_is_left_alone_when_it_is_withdrawn() -> None:
    survey = add()
    import_figures(plan=PLAN, observations=[figure("screening", SHORE, 2023, "62")], by=CLERK, reason="正式数据")
    withdraw_survey(plan=PLAN, survey=survey.pk, version=1, by=CLERK, reason="已有正式数据")
    assert held().value == 62  # type: ignore[union-attr]
    with pytest.raises(Faulty):
        withdraw_survey(plan=PLAN, survey=survey.pk, version=2, by=CLERK, reason="again")


def test_a_figure_has_one_survey_in_force() -> None:
    add()
    with pytest.raises(Faulty) as refused:
        add_survey(plan=PLAN, data=data(), by=CLERK, reason="又一次")
    assert codes(refused) == {"indicator": "survey-exists"}


def test_a_confidential_estimate_is_confidential_in_the_database() -> None:
    add(confidentiality="C")
    assert held().confidentiality is Confidentiality.CONFIDENTIAL  # type: ignore[union-attr]


NONE = {"low": None, "high": None, "level": None}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"standard_error": Decimal(0)}, "standard_error"),
        ({"standard_error": Decimal(-1)}, "standard_error"),
        ({"standard_error": None, **NONE}, "standard_error"),
        ({"low": Decimal(62)}, "low"),
        ({"high": Decimal(61)}, "low"),
        ({"level": None}, "low"),
        ({"level": Decimal(100)}, "level"),
        ({"level": Decimal(5)}, "level"),
        ({"high": Decimal(101)}, "high"),
        ({"sample_size": 0}, "sample_size"),
        ({"estimate": Decimal(104), **NONE}, "estimate"),
        ({"estimate": Decimal("60.1234567891"), **NONE}, "estimate"),
        ({"indicator": "nothing"}, "indicator"),
        ({"region": "990299"}, "region"),
        ({"year": 1900}, "year"),
        ({"sex": "F"}, "sex"),
        ({"method": "  "}, "method"),
        ({"ended": date(2023, 8, 1)}, "ended"),
        ({"office": 0}, "office"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Faulty) as refused:
        add(**changes)
    assert field in codes(refused)
    assert not Survey.objects.exists()
    assert not Figure.objects.exists()


def test_either_error_or_interval_is_enough() -> None:
    add(**NONE)
    add(year=2022, standard_error=None)
    assert Survey.objects.count() == 2
