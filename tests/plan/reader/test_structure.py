"""An official text is split into its parts, whatever printing and scanning did to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from halfsky.plan.reader import read_text, suggest
from halfsky.plan.reader.cleaning import clean

TEXT = """
临江市妇女发展规划
（２０２１－２０３０年）

前  言

截至 2020 年底,全市女性平均预期寿命达到 81.5 岁;孕产妇死亡率为 9.1/10 万,情况

持续向好。

各级政府重视妇女事业。

一、指导思想和总体目标

（一）指导思想

1.坚持以人民为中心。

二、发展领域、主要目标和策略措施

（一）妇女与健康

主要目标：

1. 孕产妇死亡率到 2030 年控制在 ８/10 万以下。

2.促进 70%的妇女在

35~45 岁接受筛查。

- 12 -

3．健康素养提高。

策略措施：

1.完善制度。(见附件) 加强投入。2.落实

3岁以下婴幼儿照护。

(二) 妇女与教育

主要目标:

1.受教育年限提高。

策略措施

1.办好学校。

三、组织实施

（一）加强领导。各级负责。

落实责任。

（二）保障经费。

四、监测评估

(一)加强监测。
"""


def test_a_text_has_its_title_years_and_parts() -> None:
    plan = read_text(TEXT)
    assert plan.title == "临江市妇女发展规划（2021—2030年）"
    assert (plan.start, plan.end) == (2021, 2030)
    assert [field.name for field in plan.fields] == ["妇女与健康", "妇女与教育"]
    assert [clause.id for clause in plan.goals] == ["G1.1", "G1.2", "G1.3", "G2.1"]
    assert [clause.id for clause in plan.measures] == ["M1.1", "M1.2", "M2.1"]
    assert [clause.id for clause in plan.provisions] == ["O1", "O2", "E1"]


def test_a_line_broken_by_a_page_goes_on_and_never_starts_a_clause() -> None:
    plan = read_text(TEXT)
    assert plan.goals[1].text == "促进70%的妇女在35~45岁接受筛查。"
    assert plan.measures[1].text == "落实3岁以下婴幼儿照护。"
    assert plan.provisions[0].text == "加强领导。各级负责。落实责任。"


def test_clauses_may_follow_one_another_on_a_line() -> None:
    assert read_text(TEXT).measures[0].text == "完善制度。（见附件）加强投入。"


def test_paragraphs_of_the_preface_are_numbered_and_their_figures_kept_for_baselines() -> None:
    plan = read_text(TEXT)
    assert [clause.id for clause in plan.preface] == ["P1", "P2"]
    assert plan.preface[0].text.endswith("情况持续向好。")
    figures = [(f.clause, str(f.mention.value), f.mention.unit) for f in plan.figures]
    assert figures == [("P1", "81.5", "岁"), ("P1", "9.1", "/10万")]


def test_the_heading_of_the_measures_may_be_lost() -> None:
    lost = read_text(TEXT.replace("策略措施：\n", "", 1))
    assert [clause.id for clause in lost.measures] == ["M1.1", "M1.2", "M2.1"]


def test_guiding_thought_is_no_clause() -> None:
    assert all("以人民为中心" not in clause.text for clause in (*read_text(TEXT).goals, *read_text(TEXT).measures))


def test_a_text_without_parts_gives_no_fields() -> None:
    plan = read_text("今天天气好。\n1.出门。\n")
    assert (plan.fields, plan.provisions) == ((), ())


def test_one_way_of_writing() -> None:
    assert clean("比例为 ３ ： ２ , 达到９５％") == "比例为3:2，达到95%"
    assert clean("1，500元 (约)") == "1500元（约）"
    assert clean("达到 l0% 以上, 9O%") == "达到10%以上，90%"
    assert clean("HPV 疫苗 and 筛查") == "HPV疫苗and筛查"
    assert clean("2021-2030年、2021—— 2030 年、35-45岁") == "2021—2030年、2021—2030年、35~45岁"


LINES = st.sampled_from(
    [
        *TEXT.splitlines(),
        "（万）零。",
        "十、",
        "1.",
        "2.。",
        "99．第",
        "（十一）某某",
        "，，。。",
        "到2030年，",
        "与相适应，在基础上提高10%",
    ]
)


@given(st.lists(LINES, max_size=40))
def test_lines_in_any_order_are_read_without_error(lines: list[str]) -> None:
    plan = read_text("\n".join(lines))
    for field in plan.fields:
        assert [c.id for c in field.goals] == [f"G{field.number}.{n}" for n in range(1, len(field.goals) + 1)]
        assert [c.id for c in field.measures] == [f"M{field.number}.{n}" for n in range(1, len(field.measures) + 1)]
    suggest(plan)
