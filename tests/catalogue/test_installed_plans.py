"""Plans are folders; an office attaches the official words once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import override_settings

from halfsky.audit.models import Event
from halfsky.catalogue import queries
from halfsky.catalogue.actions import attach_text
from halfsky.plan import Faulty
from tests.support import CLERK, small_plan

pytestmark = pytest.mark.django_db
PLAN = small_plan()
OFFICIAL = """小城市妇女发展规划

前 言

本市高度重视妇女事业发展。

二、发展领域、主要目标和策略措施

（一）妇女与健康

主要目标：

1.孕产妇死亡率到2025年控制在9/10万以下，到2030年
控制在8/10万以下。

策略措施：

1.推广筛查。宫颈癌筛查率达到70%以上。
"""


def test_an_unknown_plan_is_named_as_such(tmp_path: Path) -> None:
    with override_settings(PLANS_DIR=tmp_path), pytest.raises(queries.UnknownPlan):
        queries.plan("no-such-plan")


def test_no_plans_folder_means_no_plans(tmp_path: Path) -> None:
    with override_settings(PLANS_DIR=tmp_path / "absent"):
        assert queries.plans() == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_official_words_stand_beside_their_clause(encoding: str) -> None:
    attached = attach_text(plan=PLAN, document=OFFICIAL.encode(encoding), by=CLERK)
    words = queries.official_text(PLAN.id)
    assert attached.clauses == 2
    assert attached.without_text == ()
    assert "到2030年控制在8/10万以下" in words["G1.1"].replace(" ", "")
    assert "70%" in words["M1.1"]


def test_attaching_again_replaces_and_the_ledger_tells() -> None:
    attach_text(plan=PLAN, document=OFFICIAL.encode(), by=CLERK)
    attach_text(plan=PLAN, document=OFFICIAL.replace("70%", "75%").encode(), by=CLERK, reason="更正印刷错误")
    assert "75%" in queries.official_text(PLAN.id)["M1.1"]
    first, second = Event.objects.all()
    assert second.before["document"] == first.after["document"]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("一篇与规划无关的文章。".encode(), "text-foreign"),
        # The plan of another place has the same clause numbers, and other promises.
        (OFFICIAL.replace("9/10万", "12/10万").replace("70%", "90%").encode(), "text-foreign"),
        (b"\xff\xfe\x00\x81", "text-encoding"),
        (b"", "text-foreign"),
    ],
)
def test_a_foreign_document_is_refused_and_nothing_changes(document: bytes, code: str) -> None:
    attach_text(plan=PLAN, document=OFFICIAL.encode(), by=CLERK)
    with pytest.raises(Faulty) as refused:
        attach_text(plan=PLAN, document=document, by=CLERK)
    assert refused.value.faults[0].code == code
    assert len(queries.official_text(PLAN.id)) == 2
    assert Event.objects.count() == 1
