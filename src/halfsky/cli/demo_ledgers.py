"""The demonstration's ledgers of implementation: a few records of each kind, entered and taken on as people would."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from halfsky.plan import Plan
from halfsky.plan.model import COUNTY_LEVELS

if TYPE_CHECKING:
    from halfsky.places.policy import Principal

# Ledger, unit of the city ("" is the committee office), title, clauses, fields, stages that it went through.
_CITY = (
    ("funds", "", "妇女发展规划监测评估经费", ("E1",), {"purpose": "monitoring", "origin": "budget", "budget": "120", "actual": "86.4"}, ("spending",)),
    ("funds", "health", "适龄妇女两癌免费筛查专项经费", ("G1.5", "M1.5"), {"purpose": "project", "origin": "budget", "budget": "1860", "actual": "1532.75"}, ("spending",)),
    ("funds", "", "困难妇女关爱帮扶社会募集资金", ("O4",), {"purpose": "hardship", "origin": "society", "budget": "200", "actual": "213.6"}, ("closed",)),
    ("training", "", "妇儿工委成员单位分性别统计培训", ("O5", "E4"), {"audience": "officers", "planned": "120", "held_on": "{year}-04-16", "women": "74", "men": "38"}, ("held",)),
    ("training", "womens-federation", "基层妇女骨干能力提升班（第一期）", ("M4.8",), {"audience": "grassroots", "planned": "300", "held_on": "{year}-05-20", "women": "286", "men": "0"}, ("held",)),
    ("training", "womens-federation", "基层妇女骨干能力提升班（第二期）", ("M4.8",), {"audience": "grassroots", "planned": "300"}, ()),
    ("training", "agriculture-rural", "高素质女农民设施农业培训", ("M3.13",), {"audience": "farmers", "planned": "400", "held_on": "{year}-07-08", "women": "352", "men": "0"}, ("held",)),
    ("publicity", "publicity", "男女平等基本国策主题宣传月", ("O6",), {"channel": "online", "planned": "500000", "held_on": "{year}-03-31", "reach": "612000", "content": "短视频、公交站台和社区宣传栏同步投放。"}, ("held",)),
    ("research", "womens-federation", "生育支持政策与妇女就业调研", ("O8", "M3.2"), {"question": "生育支持政策怎样影响女职工的就业和晋升？", "researcher": "市妇联、在连高校", "due": "{year}-10-31", "finished_on": "{year}-10-20", "result": "中小企业最需要的是生育成本分担和弹性用工指引。"}, ("finished",)),
    ("livelihood", "health", "新增公共场所母婴室", ("G7.8", "M7.9"), {"content": "在交通枢纽、商业中心和医院新建母婴室。", "measure": "间", "planned": "60", "done": "41", "budget": "480", "actual": "322.5", "due": "{year}-12-20", "beneficiaries": "52000"}, ("under_way",)),
    ("livelihood", "civil-affairs", "城乡社区托育服务点建设", ("M6.5",), {"content": "建设社区嵌入式托育服务点。", "measure": "个", "planned": "20", "due": "{year}-12-31", "budget": "900"}, ()),
    ("demonstration", "womens-federation", "巾帼现代农业示范基地", ("M3.13",), {"kind": "rural_base", "body": "某农业专业合作社", "task": "带动农村妇女发展设施果蔬产业。", "named_on": "{year}-03-08", "reference": "演示文号"}, ("named",)),
    ("demonstration", "human-resources", "女性就业友好型企业", ("O3", "M3.2"), {"kind": "unit", "body": "某制造企业", "task": "弹性工时和生育后返岗支持。"}, ()),
)  # fmt: skip
_PRACTICE = {
    "problem": "山区妇女往返县城筛查不便，筛查率低。",
    "doing": "流动筛查车按村排期，村医提前一周电话预约，结果七日内反馈并转诊。",
    "effect": "试点乡镇筛查覆盖率由上年的61%提高到83%，阳性者全部随访。",
    "evidence": "试点总结报告（演示）",
    "cost": "38.5",
    "beneficiaries": "4200",
}


def play(plan: Plan, year: int, by: Principal) -> int:
    """Enter the records of a year; run again, it finds them made. Returns how many the ledgers of the plan hold."""
    from halfsky.implementation.actions import adopt
    from halfsky.implementation.models import Record
    from halfsky.places.models import Office

    offices = set(Office.objects.filter(region=plan.region).values_list("unit", flat=True))
    for number, (ledger, unit, title, clauses, fields, stages) in enumerate(_CITY):
        if not unit or unit in offices:
            cited = tuple(c for c in clauses if c in plan.clauses)
            _enter(plan, ledger, plan.region, unit, title, year, cited, fields, stages, f"{number}", by)
    districts = [r.code for r in plan.regions if r.level in COUNTY_LEVELS]
    if len(districts) > 2:
        row = _enter(
            plan,
            "practice",
            districts[-1],
            "",
            "流动筛查车进山村",
            year,
            ("M1.5",),
            _PRACTICE,
            ("checked", "spread"),
            "p",
            by,
        )
        for code, month in ((districts[-2], 9), (districts[-3], 10)):
            adopt(plan=plan, pk=row, region=code, on=date(year, month, 15), words="按村排期，结合家庭医生签约。", by=by)
    return Record.objects.filter(plan=plan.id).count()


def _enter(
    plan: Plan, ledger: str, region: str, unit: str, title: str, year: int, clauses: tuple[str, ...],
    fields: dict[str, str], stages: tuple[str, ...], key: str, by: Principal,
) -> int:  # fmt: skip
    from halfsky.implementation.actions import Typed, add_record, move_record

    dated = {name: value.replace("{year}", str(year)) for name, value in fields.items()}
    typed = Typed(f"{title}（演示）", year, clauses, dated)
    row = add_record(
        plan=plan, ledger=ledger, region=region, unit=unit, typed=typed, key=f"demo:{plan.id}:{year}:{key}", by=by
    )
    if row.stage == plan.ledger[ledger].first.id:
        for stage in stages:
            row = move_record(plan=plan, pk=row.pk, version=row.version, to=stage, by=by, reason="")
    return row.pk
