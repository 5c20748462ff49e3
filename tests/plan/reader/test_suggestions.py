"""What the words of a plan promise: kind, value, year, whom it binds. The sentences are made up."""

from __future__ import annotations

import pytest

from halfsky.plan.reader import Clause, Suggestion, suggest_clause


def goal(text: str) -> list[Suggestion]:
    return suggest_clause(Clause(id="G1.1", text=text), goal=True)


def measure(text: str) -> list[Suggestion]:
    return suggest_clause(Clause(id="M1.1", text=text), goal=False)


def short(suggestions: list[Suggestion]) -> list[tuple[str, str, list[tuple[int | None, str | None]]]]:
    return [
        (s.kind.value, s.subject, [(m.year, None if m.value is None else str(m.value)) for m in s.milestones])
        for s in suggestions
    ]


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("女性人均预期寿命达到或超过82岁。", "at_least", "82", "years"),
        ("婴儿死亡率不高于4‰。", "at_most", "4", "per_1000"),
        ("儿童死亡率控制在5‰以内。", "at_most", "5", "per_1000"),
        ("孕产妇死亡率下降到每10万10以下。", "at_most", "10", "per_100k"),
        ("孕产妇死亡率下降到12/10万。", "at_most", "12", "per_100k"),
        ("妇女筛查率达到百分之九十以上。", "at_least", "90", "percent"),
        ("女委员比例不低于三分之一。", "at_least", "33.33", "percent"),
        ("保证1/2以上的班子配备女干部。", "at_least", "50", "percent"),
        ("从业人员中女性比例保持在45%左右。", "near", "45", "percent"),
        ("参保率稳定在95%以上。", "at_least", "95", "percent"),
        ("女性厕位与男性厕位的比例至少为3:2。", "at_least", "1.5", "ratio"),
        ("建设达标率100%。", "at_least", "100", "percent"),
        ("孕产妇贫血率10%。", "at_most", "10", "percent"),
        ("每千人口托位数达到4.5个。", "at_least", "4.5", "per_1000"),
        ("妇女贷款余额年均增长10%左右。", "near", "10", "percent"),
    ],
)
def test_bounds(text: str, kind: str, value: str, unit: str) -> None:
    [found] = goal(text)
    assert (found.kind.value, str(found.milestones[0].value), found.unit and found.unit.value) == (kind, value, unit)


@pytest.mark.parametrize(
    ("text", "factor", "base"),
    [
        ("知晓率在2019年基础上提高10%。", "1.1", 2019),
        ("女性人才数量比2020年翻一番。", "2", 2020),
        ("死亡率比2020年下降三分之一。", "0.6667", 2020),
        ("新增病例减少一半。", "0.5", None),
        ("女性创业者人数较2020年增长2倍。", "3", 2020),
    ],
)
def test_changes_over_a_base_year_are_factors(text: str, factor: str, base: int | None) -> None:
    [found] = goal(text)
    assert found.kind.value == "times_base"
    assert (str(found.milestones[0].value), found.milestones[0].base_year) == (factor, base)


def test_percentage_points_and_years_are_kept_as_points_for_a_person_to_turn_into_a_level() -> None:
    [points] = goal("女职工参训率比2020年提高5个百分点。")
    [years] = goal("平均受教育年限提高1.5年。")
    [down] = goal("两性差距缩小2个百分点。")
    assert [(s.kind.value, str(s.points)) for s in (points, years, down)] == [
        ("rise", "5"),
        ("rise", "1.5"),
        ("fall", "-2"),
    ]


def test_milestones_of_one_promise_come_together() -> None:
    assert short(goal("死亡率到2025年控制在9/10万以下，到2030年控制在8/10万以下，城乡差距逐步缩小。")) == [
        ("at_most", "死亡率", [(2025, "9"), (2030, "8")]),
        ("fall", "城乡差距", [(None, None)]),
    ]
    assert short(goal("到2025年，女性参保率达到95%，到2030年达到98%。")) == [
        ("at_least", "女性参保率", [(2025, "95"), (2030, "98")])
    ]


def test_years_and_base_years_pair_off() -> None:
    [found] = goal("到2025年和2030年，知晓率分别在2019年和2022年基础上提高10%。")
    assert [(m.year, m.base_year) for m in found.milestones] == [(2025, 2019), (2030, 2022)]


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("宫颈癌和乳腺癌筛查率达到80%。", ["宫颈癌筛查率", "乳腺癌筛查率"]),
        ("孕产妇艾滋病、梅毒和乙肝检测率达到99%以上。", ["孕产妇艾滋病检测率", "梅毒检测率", "乙肝检测率"]),
        ("失业保险和工伤保险参保人数逐步增加。", ["失业保险参保人数", "工伤保险参保人数"]),
        ("供水率、普及率逐步提高。", ["供水率", "普及率"]),
        (
            "市、区（市）县两级人大代表和常委会委员中的女性比例逐步提高。",
            ["人大代表中的女性比例", "常委会委员中的女性比例"],
        ),
        ("教师和学生的平等意识增强。", ["教师的平等意识", "学生的平等意识"]),
        ("妇女的保护意识和能力提高。", ["妇女的保护意识和能力"]),
        ("妇女适应变革和转型的能力提升。", ["妇女适应变革和转型的能力"]),
        ("参与决策和管理水平提高。", ["参与决策和管理水平"]),
    ],
)
def test_several_things_in_one_sentence_are_told_apart_and_one_is_left_whole(text: str, subjects: list[str]) -> None:
    assert [s.subject for s in goal(text)] == subjects


def test_respectively_gives_each_its_own_figure() -> None:
    assert short(goal("宫颈癌和乳腺癌筛查率分别达到80%和75%以上。")) == [
        ("at_least", "宫颈癌筛查率", [(None, "80")]),
        ("at_least", "乳腺癌筛查率", [(None, "75")]),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("女性比例逐步提高。", "rise"),
        ("发病率明显降低。", "fall"),
        ("增长率持续减缓。", "slow"),
        ("性别差距不断缩小。", "fall"),
        ("女代表比例一般不低于党员总数中女性比例。", "not_below"),
        ("女代表比例与女职工比例相适应。", "match"),
        ("女性平均工资与男性大体相当。", "match"),
        ("在园男女童比例保持均衡。", "match"),
        ("服务设施实现全覆盖。", "exists"),
        ("确保应保尽保。", "exists"),
        ("班子中女干部要有一定数量。", "rise"),
        ("提高参保率。", "rise"),
        ("减少环境污染。", "fall"),
    ],
)
def test_courses_and_comparisons(text: str, kind: str) -> None:
    assert [s.kind.value for s in goal(text)] == [kind]


@pytest.mark.parametrize(
    ("text", "binds", "only"),
    [
        ("参保率达到95%。", "region", ()),
        ("市、区（市）县两级队伍中，女干部均不少于20%。", "region_and_every_district", ()),
        ("县（市、区）两级代表中女性比例不低于30%。", "region_and_every_district", ()),
        ("省、市、县三级班子至少配备1名女干部。", "region_and_every_district", ()),
        ("市、县（市、区）各设置1所机构。", "region_and_every_district", ()),
        ("筛查覆盖率达到100%（以县为单位统计）。", "every_county", ()),
        ("每个县（市）建设1所机构。", "every_county", ("county", "county_level_city")),
        ("每个县（市、区）至少建设1所机构。", "every_district", ()),
        ("用人单位至少每2年为女职工安排1次筛查。", "every_body", ()),
        ("保证每个村（居）委员会中至少有1名女性成员。", "every_body", ()),
    ],
)
def test_whom_it_binds(text: str, binds: str, only: tuple[str, ...]) -> None:
    [found] = goal(text)
    assert (found.binds.value, found.only) == (binds, only)


def test_a_body_has_what_is_asked_or_not_so_the_share_that_has_is_judged() -> None:
    [found] = measure("题目。用人单位每年安排1次检查。")
    assert (found.kind.value, str(found.milestones[0].value), found.unit and found.unit.value) == (
        "exists",
        "100",
        "percent",
    )


def test_what_is_striven_for_is_marked_and_nothing_else() -> None:
    firm, hoped = goal("参保率达到95%以上，力争实现全覆盖。")
    assert (firm.aspiration, hoped.aspiration) == (False, True)
    held, wish = goal("合格率在不低于98%基础上，力争实现100%合格。")
    assert [(s.aspiration, s.hold, str(s.milestones[0].value)) for s in (held, wish)] == [
        (False, True, "98"),
        (True, False, "100"),
    ]
    [later] = goal("力争到2030年，贫血率控制在8%以内。")
    assert (later.aspiration, later.milestones[0].year) == (True, 2030)


def test_what_leads_a_sentence_is_the_subject_of_what_follows() -> None:
    both = goal("市、区（市）县两级地方党委、政府班子，应至少各配备1名女干部。")
    assert [s.subject for s in both] == ["地方党委", "政府班子"]
    assert {s.binds.value for s in both} == {"region_and_every_district"}


@pytest.mark.parametrize(
    "text",
    [
        "题目。加强组织领导，营造良好氛围。",
        "题目。坚持全覆盖、保基本的原则。",
        "题目。加强“12338”热线建设。",
        "题目。照护3岁以下婴幼儿。",
        "题目。健全工作机制。",
        "题目。鼓励有条件的用人单位设立托育点。",
    ],
)
def test_measures_that_only_exhort_promise_nothing(text: str) -> None:
    assert measure(text) == []


def test_measures_promise_by_what_can_be_counted() -> None:
    assert short(measure("题目。扩大托育服务供给，提高签订率，完善制度。")) == [
        ("rise", "托育服务供给", [(None, None)]),
        ("rise", "签订率", [(None, None)]),
    ]


def test_operative_words_are_short_and_quoted_exactly() -> None:
    text = "各级各类专业技术人员队伍建设项目申报和负责人、评审专家队伍中的女性比例逐步提高。"
    for suggestion in goal(text):
        assert len(suggestion.words) <= 25
        assert all(piece in text for piece in suggestion.words.split("…"))
