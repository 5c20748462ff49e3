"""Briefs, report cards and concerns over 5,000 random verdict sets: whole, short, and agreeing with the verdicts."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from halfsky.alerts.queries import warnings_in
from halfsky.assess import Standing, Verdict
from halfsky.reports.report.course import concern
from halfsky.reports.report.model import Paragraph, Report, Table
from halfsky.reports.sheets.brief import MATTERS, brief
from halfsky.reports.sheets.card import card
from halfsky.reports.sheets.common import Matters
from halfsky.reports.sheets.returns import Handed
from halfsky.reports.words import STANDINGS, Language
from tests.assess.randomsets import Sets, random_sets
from tests.assess.test_telling import whole

PARTS, PLANS, PLACES = 4, 50, 25  # of 25 verdict sets each
_LANGUAGES: tuple[Language, ...] = ("zh", "en")
_FINE = frozenset({Standing.MET, Standing.ON_TRACK})
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SINGULAR = re.compile(r"(?<![\d.,])1 (?:warning|target|indicator|judgement|year|time|unit)s\b|\b1 are\b|There are 1\b")
_DASHED = re.compile(r"差—|— short|missed by —|目标—|（）|约—|概率—")


def paragraphs(content: Report) -> Iterator[str]:
    for section in content.sections:
        yield from (block.text for block in section.blocks if isinstance(block, Paragraph))


def told(content: Report, language: Language) -> str:
    """All its words; each sentence whole and short, no cell empty, one language."""
    said = []
    for text in paragraphs(content):
        whole(re.sub(r"^\d+\. ", "", text), zh=language == "zh")
        said.append(text)
    for section in content.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                cells = [cell.text for row in block.rows for cell in row]
                assert all(cells), block
                said += cells
    joined = "\n".join(said)
    assert not _DASHED.search(joined), joined
    if language == "en":
        assert not _CHINESE.search(joined), joined
        assert not _SINGULAR.search(joined), joined
    return joined


def counts_agree(content: Report, own: list[Verdict], matters: Matters) -> None:
    """The first paragraph counts what there is, as does the table below it; warnings are counted by level."""
    zh = matters.zh
    first = content.sections[0].blocks
    assert isinstance(first[0], Paragraph)
    if not own:
        return
    done = sum(v.status in _FINE for v in own)
    pattern = (
        r"判定目标值(\d+)项，已达标和预计达标(\d+)项，占([\d.]+)%"
        if zh
        else r"(\d+) targets? .*?(\d+) \(([\d.]+)%\) (?:is|are) met"
    )
    said = re.search(pattern, first[0].text)
    assert said, first[0].text
    assert (int(said[1]), int(said[2])) == (len(own), done), first[0].text
    assert abs(float(said[3]) - 100 * done / len(own)) <= 0.051, first[0].text
    counted = first[0].text[said.end() :].split("。" if zh else ". ", maxsplit=1)[0]
    others = Counter(v.status for v in own if v.status not in _FINE)
    for standing, count in others.items():
        words = f"{STANDINGS[standing].zh}{count}项" if zh else f"{count} {STANDINGS[standing].en.lower()}"
        assert words in counted, first[0].text
    table = first[1]
    assert isinstance(table, Table)
    now = [cell.text for cell in table.rows[0]][1:]
    assert int(now[-1]) == sum(int(n) for n in now[:-1] if n != "—") == len(own)
    warnings = warnings_in(own, matters.plan.alerting)
    every = "\n".join(paragraphs(content))
    assert ("没有预警" in every if zh else "no warnings" in every) == (not warnings), every
    if warnings:
        levels = re.search(r"预警(\d+)项（([^）]+)）" if zh else r"(\d+) warnings?[^(]*\(([^)]+)\)", every)
        assert levels, every
        assert int(levels[1]) == len(warnings) == sum(map(int, re.findall(r"\d+", levels[2]))), every


def briefed(matters: Matters, region: str) -> None:
    """What is proposed fits how it stands; no more matters than fit on the page."""
    content = brief(matters)
    said = told(content, matters.language)
    own = [v for v in matters.verdicts if v.region == region and v.status is not Standing.NOT_APPLICABLE]
    counts_agree(content, own, matters)
    (decisions,) = content.sections[1].blocks
    assert isinstance(decisions, Table)
    assert len(decisions.rows) <= MATTERS
    trouble = any(v.needs_attention or v.status is Standing.NO_DATA for v in own)
    assert bool(decisions.rows) or not trouble
    assert not re.search(r"距到期[0−-]|\b0 years left|-\d+ years", said), said
    for row in decisions.rows:
        stands, proposal = row[2].text, row[3].text
        blind = "无数据" in stands or "no figure" in stands
        assert blind == ("补齐数据" in proposal or "commission a survey" in proposal), (stands, proposal)


def carded(matters: Matters, region: str, handed: Handed | None) -> None:
    """What needs attention and the other targets are together all that was judged; ranks are of those that are there."""
    content = card(matters, region=region, handed=handed)
    said = told(content, matters.language)
    own = [v for v in matters.verdicts if v.region == region and v.status is not Standing.NOT_APPLICABLE]
    counts_agree(content, own, matters)
    rows = [row for s in content.sections[1:] for b in s.blocks if isinstance(b, Table) for row in b.rows]
    assert len(rows) == len(own)
    fine = all(v.status in _FINE for v in own)
    assert ("全部目标已达标" in said or "All targets are met" in said) == (fine and bool(own)), said
    for rank, of in re.findall(
        r"^(\d+)/(\d+)$", "\n".join(cell.text.split("\n")[0] for row in rows for cell in row[-1:]), re.M
    ):
        assert 1 <= int(rank) <= int(of) <= PLACES


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_five_thousand_sets_are_briefed_and_carded_whole_short_and_true(part: int) -> None:
    """Each set is told in both languages: its card in one and its brief in the other, turn and turn about."""
    sets_told = 0
    for seed in range(part * PLANS, (part + 1) * PLANS):
        sets, rng = random_sets(10_000 + seed, PLACES), random.Random(seed)
        before = tuple(
            v if rng.random() < 0.7 else v.model_copy(update={"status": rng.choice(list(Standing))})
            for v in sets.verdicts
        )
        for n, region in enumerate(sets.plan.place):
            languages: tuple[Language, Language] = ("zh", "en") if (n + seed) % 2 else ("en", "zh")
            owed = rng.randrange(9)
            sent = rng.randint(0, owed)
            handed = Handed(
                sets.year,
                owed,
                sent,
                rng.randint(0, sent),
                rng.randint(0, owed - sent),
                rng.randint(0, sent),
                rng.randrange(3),
            )
            carded(matters_of(sets, before, languages[0]), region, handed)
            briefed(matters_of(sets, before, languages[1], region), region)
        both = [(language, matters_of(sets, (), language).matter) for language in _LANGUAGES]
        for verdict in sets.verdicts:
            if verdict.needs_attention:
                for language, matter in both:
                    text = concern(matter, verdict)
                    whole(text, zh=language == "zh")
                    assert not _DASHED.search(text), text
        sets_told += len(sets.plan.place)
    assert sets_told * PARTS == 5_000


def matters_of(sets: Sets, before: tuple[Verdict, ...], language: Language, region: str = "") -> Matters:
    """``region``: the place that the plan is taken to be of."""
    plan = sets.plan.model_copy(update={"region": region}) if region else sets.plan
    return Matters(plan, sets.figures, sets.verdicts, before, sets.year, language, date(2026, 3, 1))
