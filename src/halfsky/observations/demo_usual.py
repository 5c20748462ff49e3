"""What is usual: levels and sizes that demonstration figures stand near where a pack says nothing.

Chosen by the words of an indicator's own name, so that a new pack finds its place among them; a word that is
not here leaves the unit's usual range. Nothing is taken from any city: these are orders of magnitude.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from halfsky.observations.demo_places import DemoPlace, generator
from halfsky.plan import Indicator
from halfsky.plan.model import Unit

Span = tuple[float, float]
Words = tuple[str, ...]

_BY_UNIT: Mapping[Unit, Span] = {
    Unit.PERCENT: (48, 85),
    Unit.PERCENTAGE_POINTS: (2, 9),
    Unit.PER_1000: (3, 14),
    Unit.PER_10K: (2, 30),
    Unit.PER_100K: (8, 60),
    Unit.YEARS: (10, 12),
    Unit.HOURS: (1, 4),
    Unit.MINUTES: (60, 150),
    Unit.COUNT: (60, 900),
    Unit.PERSONS: (800, 40_000),
    Unit.TEN_THOUSAND_PERSONS: (20, 200),
    Unit.YUAN: (3_000, 30_000),
    Unit.RATIO: (0.7, 1.3),
    Unit.INDEX: (65, 90),
    Unit.YES_NO: (0, 1),
}
# Words of a name → usual levels in that unit. The first that fits holds.
_BY_NAME: Mapping[Unit, tuple[tuple[Words, Span], ...]] = {
    Unit.PERCENT: (
        (("增速", "增长率"), (4.5, 7)),
        (("失业率",), (4.2, 5.8)),
        (("传播率", "文盲"), (0.8, 3)),
        (("性骚扰的", "家庭暴力的", "歧视"), (3, 9)),
        (("肥胖",), (12, 18)),
        (("剖宫产",), (38, 46)),
        (("女童", "女孩", "女生"), (45, 48.5)),
        (("厕位", "使用需求"), (52, 62)),
        (("领导班子中",), (12, 17)),
        (("班子中", "班子成员中", "正职", "书记中", "主任中", "领军", "董事"), (11, 26)),
        (("素养水平", "科学素质"), (18, 32)),
        (("抢救", "合格率", "安全利用"), (92, 98)),
        (("签订率", "参保率", "就业率", "破案率", "优良", "普及率", "供水", "覆盖率"), (76, 93)),
        (("满意度", "知晓率", "成功率", "治疗率", "早诊率", "办结率"), (62, 84)),
    ),
    Unit.YUAN: (
        (("居民养老金", "居民基本养老金", "补贴"), (160, 320)),
        (("最低生活保障",), (700, 900)),
        (("养老金", "退休"), (2_900, 3_600)),
        (("月",), (5_000, 7_500)),
        (("低收入",), (11_000, 16_000)),
        (("可支配收入",), (38_000, 48_000)),
        (("生育",), (16_000, 24_000)),
        (("支出",), (3_500, 6_500)),
        (("投入", "经费"), (180, 420)),
    ),
    Unit.YEARS: ((("寿命", "life expectancy"), (79, 83)),),
    Unit.COUNT: ((("活动", "课题", "检查次数", "机构", "案件"), (40, 220)),),
    Unit.MINUTES: ((("家务",), (95, 150)),),
}
_WOMENS_SHARE_WORDS, _WOMENS_SHARE = ("比例", "占比", "比重"), (26.0, 46.0)
_WOMEN_AMONG = ("中女", "中的女")
_WOMEN_OF_BODIES = (22.0, 32.0)
_UNWANTED = (3.0, 14.0)
_MOVES = 0.7  # by how much of the usual range a level moves at most

# Words of a denominator → its size as a share of the people. The first that fits holds.
_SIZES: tuple[tuple[Words, float], ...] = (
    (("死亡",), 0.0000005),
    (("感染",), 0.00008),
    (("活产", "出生", "产妇", "孕妇", "孕产", "新生儿", "婚检", "结婚"), 0.0058),
    (("代表", "委员", "领导", "班子", "干部", "董事", "监事", "专家", "法官", "检察官"), 0.0011),
    (("高等学校", "高校数"), 0.000005),
    (("毕业生",), 0.008),
    (("村", "居委", "社区", "学校", "医院", "机构", "单位", "企业", "乡镇", "街道", "部门"), 0.0006),
    (("公园", "厕位", "厕所", "场所", "水源", "断面", "储备库", "预案"), 0.0004),
    (("在校", "学生", "学龄", "幼儿", "儿童", "少年", "女童", "入学"), 0.06),
    (("党员", "专业技术", "大学", "研究生", "高校"), 0.04),
    (("就业", "从业", "职工", "劳动"), 0.42),
    (("老年", "60岁", "65岁"), 0.26),
    (("受理", "案件", "申请", "求助", "服务对象", "患者"), 0.0015),
    (("床位",), 0.007),
    (("妇女", "女性"), 0.45),
)
_ALL_PEOPLE = 0.94
_SMALLEST = 24
_NONE_IS_POSSIBLE = ("死亡",)  # rare enough that a place may have had none
# What each county-level place has one of.
_ONE_EACH = ("区（市）县数", "区县数", "县（市、区）数", "妇幼保健机构", "党校", "基层法院", "登记机关", "仲裁机构")
_RURAL = ("农村", "村党组织", "村委会", "行政村")
_NOT_ONLY_RURAL = ("城乡", "居")
# Words of a denominator that counts a level's own bodies → their size at a county-level place and above it.
_BODIES: tuple[tuple[Words, tuple[int, int]], ...] = (
    (("常委",), (31, 68)),
    (("候选人", "名单"), (290, 640)),
    (("代表", "委员"), (230, 505)),
    (("部门领导班子成员",), (150, 235)),
    (("班子成员",), (10, 11)),
    (("部门",), (36, 47)),
    (("班子",), (44, 58)),
    (("干部",), (110, 420)),
    (("法规", "政策"), (9, 24)),
)
_BODY = (30, 60)


def usual(indicator: Indicator, seed: int) -> tuple[float, float]:
    """A usual level, and how far it can usually move.

    From the pack's own bounds where they are narrow, else from the name and the unit.
    """
    rng = generator(seed, "typical", indicator.id)
    low, high = _span(indicator)
    if indicator.maximum is not None and not low < float(indicator.maximum):
        low, high = 0.4 * float(indicator.maximum), 0.8 * float(indicator.maximum)
    if indicator.minimum is not None and float(indicator.minimum) > low:
        low = float(indicator.minimum) * 1.02
        high = max(high, low * 1.2)
    return float(rng.uniform(low, high)), _MOVES * (high - low)


def _span(indicator: Indicator) -> Span:
    name = f"{indicator.name.zh} {indicator.name.en.lower()}"
    found = next((span for words, span in _BY_NAME.get(indicator.unit, ()) if _any(words, name)), None)
    if found is not None:
        return found
    if indicator.unit is Unit.PERCENT and _any(_WOMENS_SHARE_WORDS, name) and _any(_WOMEN_AMONG, name):
        return _WOMENS_SHARE if indicator.additive else _WOMEN_OF_BODIES
    if indicator.unit is Unit.PERCENT and indicator.direction == "lower":
        return _UNWANTED
    return _BY_UNIT[indicator.unit]


def is_lifetime(indicator: Indicator) -> bool:
    """Whether the years are those of a life, not of schooling."""
    words, _ = _BY_NAME[Unit.YEARS][0]
    return indicator.unit is Unit.YEARS and _any(words, f"{indicator.name.zh} {indicator.name.en.lower()}")


def is_housework(indicator: Indicator) -> bool:
    """Whether the time is that of unpaid work, of which women do more than twice as much."""
    return indicator.unit in {Unit.MINUTES, Unit.HOURS} and "家务" in indicator.name.zh


def denominators(indicator: Indicator, place: DemoPlace, seed: int, years: int) -> npt.NDArray[np.int64]:
    """How large the denominator of a place is in each year: a number of bodies is fixed, one of people drifts."""
    rng = generator(seed, "size", indicator.id, place.region.code)
    words = indicator.denominator.zh if indicator.denominator is not None else ""
    spread, growth = 1 + float(rng.normal(0, 0.06)), 1 + float(rng.normal(-0.004, 0.004))
    if _any(_ONE_EACH, words):
        return np.full(years, place.parts)
    if not indicator.additive:
        county, above = next((sizes for keys, sizes in _BODIES if _any(keys, words)), _BODY)
        return np.full(years, round((county if place.is_part else above) * spread))
    share = next((share for keys, share in _SIZES if _any(keys, words)), _ALL_PEOPLE)
    size = place.population * share * spread
    if _any(_RURAL, words) and not _any(_NOT_ONLY_RURAL, words):
        size *= place.rural
        if not place.rural:
            return np.zeros(years, dtype=np.int64)
    if _any(_NONE_IS_POSSIBLE, words):
        return rng.poisson(size, years)
    return np.asarray(np.rint(max(size, _SMALLEST) * growth ** np.arange(years)), dtype=np.int64)


def _any(words: Words, text: str) -> bool:
    return any(word in text for word in words)
