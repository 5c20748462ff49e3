"""Keeping the register of special surveys; its estimates enter the database of figures in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor
from halfsky.collect.actions.figures import take_figures
from halfsky.collect.models import Survey
from halfsky.collect.queries import figures, plain, trail
from halfsky.observations import Confidentiality, Nature, Observation, SeriesKey, Status
from halfsky.observations.bounds import Cuts, bounds, range_faults
from halfsky.observations.numbers import exact
from halfsky.places.actions import refuse
from halfsky.places.models import Office
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan, Residence, Sex, Text


@dataclass(frozen=True, slots=True)
class SurveyData:
    """What is written of a survey; estimate, error and interval in the indicator's unit, ``level`` in percent."""

    indicator: str
    region: str
    year: int
    estimate: Decimal
    sample_size: int
    method: str
    office: int
    began: date
    ended: date
    standard_error: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    level: Decimal | None = None
    sex: str = Sex.ALL.value
    age: str = "_T"
    residence: str = Residence.ALL.value
    reference: str = ""
    note: str = ""
    confidentiality: str = Confidentiality.FREE.value

    @property
    def key(self) -> SeriesKey:
        return SeriesKey(self.indicator, self.region, Sex(self.sex), self.age, Residence(self.residence))


_FIGURE = ("indicator", "region", "year", "sex", "age", "residence")
_NUMBERS = ("estimate", "standard_error", "low", "high")


@transaction.atomic
def add_survey(*, plan: Plan, data: SurveyData, by: Principal, reason: str = "") -> Survey:
    """Register a survey and let its estimate stand in the database of figures.

    Raises ``Forbidden``; ``Faulty`` with every fault of the data at once, each naming its field as ``cell``, and where
    a figure stands already that the survey would replace and no ``reason`` is given.
    """
    one_writer()
    actor = by.need(Permission.SURVEY_KEEP, region=data.region)
    _sound(plan, data)
    if Survey.objects.filter(
        plan=plan.id, withdrawn_at__isnull=True, **{f: getattr(data, f) for f in _FIGURE}
    ).exists():
        raise _fault(
            "indicator", "survey-exists",
            "该数据已有一项有效的专项调查，请修订或撤销原有的一项。",
            "A survey of this figure is in force already; revise or withdraw that one.",
        )  # fmt: skip
    survey = Survey.objects.create(plan=plan.id, changed_at=datetime.now(UTC), **_columns(data))
    record(by=actor, action="survey.add", subject=f"survey:{survey.pk}", after=_told(data), reason=reason)
    _let_stand(plan, survey, data, actor, reason)
    return survey


@transaction.atomic
def revise_survey(*, plan: Plan, survey: int, version: int, data: SurveyData, by: Principal, reason: str) -> Survey:
    """Correct a survey in force. The figure that it estimates stays the same one; for another, withdraw and add.

    Raises ``Faulty`` besides when it was changed since ``version``, is withdrawn, or the reason is missing.
    """
    one_writer()
    held, actor = _held(survey, version, by, reason)
    if any(getattr(held, f) != getattr(data, f) for f in _FIGURE):
        raise _fault(
            "indicator", "survey-figure",
            "修订不能改变调查所估计的指标、地区、年份和分组；请撤销后另行登记。",
            "A revision keeps indicator, place, year and groups; withdraw it and register another.",
        )  # fmt: skip
    _sound(plan, data)
    before = _told(data_of(held))
    for name, content in _columns(data).items():
        setattr(held, name, content)
    held.version, held.changed_at = held.version + 1, datetime.now(UTC)
    held.save()
    record(
        by=actor, action="survey.revise", subject=f"survey:{held.pk}", before=before, after=_told(data), reason=reason
    )
    _let_stand(plan, held, data, actor, reason)
    return held


@transaction.atomic
def withdraw_survey(*, plan: Plan, survey: int, version: int, by: Principal, reason: str) -> Survey:
    """Take a survey out of force. What its estimate replaced holds again; where there was nothing, 未统计."""
    one_writer()
    held, actor = _held(survey, version, by, reason)
    held.version, held.changed_at, held.withdrawn_at = held.version + 1, datetime.now(UTC), datetime.now(UTC)
    held.save()
    data = data_of(held)
    record(by=actor, action="survey.withdraw", subject=f"survey:{held.pk}", before=_told(data), reason=reason)
    versions = trail(plan.id, data.key, held.year)
    if versions and versions[0].file == _file(held):
        earlier = next((v.observation for v in versions if v.file != _file(held)), None)
        blank = Observation(data.key, held.year, None, status=Status.NOT_COLLECTED, nature=Nature.SURVEY)
        take_figures(plan=plan, observations=[earlier or blank], by=actor, reason=reason, file=_file(held))
    return held


def data_of(survey: Survey) -> SurveyData:
    """A registered survey as it was written."""
    content = {f.name: getattr(survey, f.name) for f in fields(SurveyData) if f.name != "office"}
    content |= {name: plain(content[name]) for name in (*_NUMBERS, "level")}
    return SurveyData(office=survey.office_id, **content)


def _held(survey: int, version: int, by: Principal, reason: str) -> tuple[Survey, Actor]:
    held = Survey.objects.get(pk=survey)
    actor = by.need(Permission.SURVEY_KEEP, region=held.region)
    if held.withdrawn_at is not None:
        raise refuse("survey-withdrawn", "该调查已经撤销。", "This survey is withdrawn.")
    if held.version != version:
        raise refuse(
            "survey-changed", "该调查已被他人修改，请查看最新内容后再操作。",
            "Somebody else changed this survey meanwhile; look at it again first.",
        )  # fmt: skip
    if not reason.strip():
        raise _fault("reason", "reason-missing", "请写明原因。", "Say why.")
    return held, actor


def _columns(data: SurveyData) -> dict[str, Any]:
    content = {f.name: getattr(data, f.name) for f in fields(SurveyData) if f.name != "office"}
    return {**content, "office_id": data.office}


def _told(data: SurveyData) -> dict[str, str]:
    return {name: str(content) for name, content in asdict(data).items() if content not in (None, "")}


def _file(survey: Survey) -> str:
    return f"survey:{survey.pk}"


def estimate(survey: SurveyData, source: str) -> Observation:
    """The figure that a survey puts into the database; its error travels in the comment."""
    parts = [f"样本量 n={survey.sample_size}"]
    if survey.standard_error is not None:
        parts.append(f"标准误 s.e. {survey.standard_error:f}")
    if survey.low is not None and survey.high is not None:
        parts.append(f"{survey.level:f}% 置信区间 CI {survey.low:f}–{survey.high:f}")
    return Observation(
        survey.key, survey.year, survey.estimate, status=Status.ESTIMATED, nature=Nature.SURVEY, source=source,
        confidentiality=Confidentiality(survey.confidentiality), comment="；".join(parts),
    )  # fmt: skip


def _let_stand(plan: Plan, survey: Survey, data: SurveyData, actor: Actor, reason: str) -> None:
    held = figures(plan, indicators=[data.indicator], regions=[data.region], years=[data.year]).get(data.key, data.year)
    own = held is not None and trail(plan.id, data.key, data.year)[0].file == _file(survey)
    if held is not None and held.value is not None and not own and not reason.strip():
        raise _fault(
            "reason", "survey-over-figure",
            f"该数据已有数值（{plain(held.value):f}，{held.source or '来源未注明'}）；以调查结果替换须写明理由。",
            f"A figure stands there already ({plain(held.value):f}, {held.source or 'source not stated'}); to replace it, say why.",
        )  # fmt: skip
    made = estimate(data, f"专项统计调查：{survey.office.name_zh} {survey.reference}".strip())
    why = reason.strip() or "专项统计调查填补缺项 A special survey fills a gap"
    take_figures(plan=plan, observations=[made], by=actor, reason=why, file=_file(survey))


def _sound(plan: Plan, data: SurveyData) -> None:
    """Raise with everything that is wrong with the data."""
    if faults := list(_faults(plan, data)):
        raise Faulty(faults)


def _faults(plan: Plan, data: SurveyData) -> Iterator[Fault]:
    def fault(field: str, zh: str, en: str) -> Fault:
        return Fault(code=f"survey-{field.replace('_', '-')}", cell=field, message=Text(zh=zh, en=en))

    indicator = plan.indicator.get(data.indicator)
    if indicator is None or indicator.derive is not None:
        yield fault(
            "indicator",
            "没有这个指标，或它由其他指标推算，不能填报。",
            "There is no such indicator, or it is derived and cannot be given.",
        )
        return
    if data.region not in plan.place:
        yield fault("region", "本规划没有这个地区。", "The plan has no such place.")
    if not plan.start - 60 <= data.year <= plan.end + 5:
        yield fault(
            "year", f"年份 {data.year} 不在可填报的范围内。", f"The year {data.year} is outside what can be given."
        )
    figure = Observation(data.key, data.year, data.estimate, status=Status.ESTIMATED, nature=Nature.SURVEY)
    columns = {"SEX": "sex", "AGE": "age", "URBANISATION": "residence"}
    for column, _, message in range_faults(indicator, figure, Cuts(plan)):
        yield fault(columns.get(column, "estimate"), message.zh, message.en)
    for name in (*_NUMBERS, "level"):
        number = getattr(data, name)
        if number is not None and not exact(number):
            yield fault(
                name,
                "数字位数过多，无法准确保存（最多15位有效数字、8位小数）。",
                "More digits than can be kept exactly (15 significant, 8 decimals).",
            )
    if data.sample_size < 1:
        yield fault("sample_size", "样本量至少为1。", "A sample has at least one member.")
    if data.standard_error is not None and data.standard_error <= 0:
        yield fault("standard_error", "标准误须大于零。", "A standard error is greater than nought.")
    interval = (data.low, data.high, data.level)
    if any(part is not None for part in interval) and None in interval:
        yield fault(
            "low", "区间须同时写明下限、上限和置信水平。", "An interval needs its low end, its high end and its level."
        )
    elif data.low is not None and data.high is not None and data.level is not None:
        if not data.low <= data.estimate <= data.high or data.low == data.high:
            yield fault(
                "low",
                "区间须包含估计值，且下限小于上限。",
                "The interval must hold the estimate, and its low end lie below its high end.",
            )
        if not 50 <= data.level < 100:
            yield fault(
                "level", "置信水平须在50%与100%之间，如95。", "The level lies between 50% and 100%, such as 95."
            )
        least, most = bounds(indicator)
        if (least is not None and data.low < least) or (most is not None and data.high > most):
            yield fault("high", "区间超出该指标的可能范围。", "The interval reaches beyond what the indicator can be.")
    elif data.standard_error is None:
        yield fault(
            "standard_error",
            "请填写标准误或置信区间：没有误差的估计值无法使用。",
            "Give a standard error or an interval: an estimate without either is of no use.",
        )
    if not data.method.strip():
        yield fault("method", "请写明调查方法。", "Say how the survey was done.")
    if data.ended < data.began:
        yield fault("ended", "结束日期不能早于开始日期。", "It cannot end before it begins.")
    if not Office.objects.filter(pk=data.office).exists():
        yield fault("office", "请选择实施单位。", "Choose the office that carried it out.")


def _fault(field: str, code: str, zh: str, en: str) -> Faulty:
    return Faulty([Fault(code=code, cell=field, message=Text(zh=zh, en=en))])
