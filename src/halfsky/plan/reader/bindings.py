"""Whom a promise binds, by the words around it."""

from __future__ import annotations

import re

from halfsky.plan.model import Binds, RegionLevel
from halfsky.plan.reader.lexicon import any_of

_COUNTY = any_of("区（市）县 县（市、区） 县（区、市） 县（市） 县（区） 区县 县区 旗县 市县 县 旗")
# 市、区（市）县两级 · 市、县（市、区）两级 · 省、市、县三级 · 市县两级
LEVELS = re.compile(
    rf"全?(?:(?:省|自治区|市|州|盟)[、和]?)?(?:市|州)[、和及]?{_COUNTY}(?:[两二三]级)?|{_COUNTY}[两二三]级|省、市、县三级"
)
_STATISTICAL_UNIT = re.compile(rf"以{_COUNTY}(?:级|域)?为(?:统计)?单位(?:统计|计算)")
_EACH_COUNTY = re.compile(r"(?:每个|每|各)县(?!（市、区|（区|区)(?:（(?P<cities>市|县级市)）)?")
_EACH_DISTRICT = re.compile(
    rf"(?:每个|每|各){_COUNTY}|以{_COUNTY}为单位|^(?:确保|实现|推动|各)*{_COUNTY}(?!党政|级)|(?:各|每个)区"
)
BODY = any_of(
    "用人单位 企业 机关 事业单位 学校 高校 法院 检察院 公安机关 医院 医疗机构 服务机构 仲裁机构 保健机构 党校 委员会 社区 "
    "领导班子 幼儿园 街道 乡镇 乡镇（街道） 行政村 村 单位"
)
_EACH_BODY = re.compile(
    rf"(?:每个|每所|每家|各级|各类|各|基层|所有|全部)[^，。；]{{0,14}}?{BODY}"
    rf"|^[^，。；]{{0,10}}?{BODY}(?=[^，。；]{{0,12}}(?:每年|至少|建立|设立|开设|设置|配备|安排))"
)


def whom(segment: str, *, counted: bool) -> tuple[Binds, tuple[RegionLevel, ...]]:
    """The places or bodies that a segment binds, and the levels of place it is narrowed to.

    ``counted``: the promise is a thing or a number of things (1所, 1次) that each body has or has not.
    """
    if _STATISTICAL_UNIT.search(segment):
        return Binds.EVERY_COUNTY, ()
    if match := _EACH_COUNTY.search(segment):
        return Binds.EVERY_COUNTY, ("county", "county_level_city") if match["cities"] else ()
    if LEVELS.search(segment):
        return Binds.REGION_AND_EVERY_DISTRICT, ()
    if _EACH_DISTRICT.search(segment):
        return Binds.EVERY_DISTRICT, ()
    if counted and _EACH_BODY.search(segment):
        return Binds.EVERY_BODY, ()
    return Binds.REGION, ()
