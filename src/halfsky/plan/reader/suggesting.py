"""From clauses to suggestions: figures and courses are given their subjects, years and whom they bind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from halfsky.plan.model import Binds, Kind, Unit
from halfsky.plan.reader import lexicon as lex
from halfsky.plan.reader.bindings import whom
from halfsky.plan.reader.conjuncts import conjuncts, each
from halfsky.plan.reader.model import Clause, PlanText, SuggestedMilestone, Suggestion
from halfsky.plan.reader.segments import Segment, segments
from halfsky.plan.reader.unvalued import Course, courses
from halfsky.plan.reader.valued import Bound, bounds

WORDS_LIMIT = 25
_LEAD = re.compile(
    rf"^(?:{lex.ADVERB}|力争|争取|保证|确保|实现|使|其中|要|应|(?:在|对|使)(?=[^，]*(?:中|上|下)(?:实现|达到|保持)))+"
)
_TRAIL = re.compile(
    rf"(?:{lex.ADVERB}|力争|争取|保证|确保|应|要|均|都|分别|一般|要求|全部|在|合格|保持|要有|应当有|有)+$"
)
_SHARE_OF = re.compile(rf"^(?:{lex.LEAST_AFTER}|{lex.MOST_AFTER}|{lex.NEAR_AFTER})?的(?P<subject>[^，]+)$")


def suggest(plan_text: PlanText) -> list[Suggestion]:
    """Every promise that goals and measures seem to make, in the order of the text."""
    return [
        suggestion
        for goal, clauses in ((True, plan_text.goals), (False, plan_text.measures))
        for clause in clauses
        for suggestion in suggest_clause(clause, goal=goal)
    ]


def suggest_clause(clause: Clause, *, goal: bool) -> list[Suggestion]:
    """The suggestions of one clause, repetitions of the same promise left out."""
    found: list[Suggestion] = []
    for sentence in segments(clause.text, goal=goal):
        found.extend(_of_sentence(clause, sentence))
    return list(dict.fromkeys(found))


def _of_sentence(clause: Clause, sentence: list[Segment]) -> list[Suggestion]:
    """A segment that promises nothing by itself (市、县两级党委、政府领导班子，…) leads the next one."""
    made: list[Suggestion] = []
    lead = ""
    figured = [bool(list(bounds(segment))) for segment in sentence]
    for n, segment in enumerate(sentence):
        if figured[n]:
            new = list(_valued(clause, segment, lead, made))
        else:
            courses_here = [c for c in courses(segment) if not (c.vague and any(figured[n + 1 :]))]
            new = [s for course in courses_here for s in _coursed(clause, segment, course, lead, made)]
        lead = "" if new else segment.timeless
        made = _merge(made, new)
    return made


def _valued(clause: Clause, segment: Segment, lead: str, before: list[Suggestion]) -> Iterator[Suggestion]:
    figures = list(bounds(segment))
    subject = ""
    respectively = "分别" in segment.words
    for n, bound in enumerate(figures):
        previous = figures[n - 1] if n else None
        own = _subject(segment.words[previous.end if previous else 0 : bound.operator])
        if share := _SHARE_OF.match(segment.words[bound.mention.end :]):  # 70%的妇女接受筛查
            own = own or share["subject"]
        subject = own or subject or _subject(lead) or (before[-1].subject if before else "")
        binds, only = whom(lead + segment.words, counted=bound.unit is Unit.COUNT)
        value: Decimal | None = bound.value
        unit, kind = bound.unit, bound.kind
        if binds is Binds.EVERY_BODY and unit is Unit.COUNT:  # a body has it or has not: the share that has is judged
            value, unit, kind = Decimal(100), Unit.PERCENT, Kind.EXISTS
        names = each(subject) if unit is Unit.COUNT and re.search("各|均", segment.words) else conjuncts(subject)
        if respectively and len(names) == len(figures):
            names = [names[n]]
        years: tuple[int | None, ...] = segment.years or (None,)
        if len(figures) > 1 and len(years) == len(figures):
            years = (years[n],)
        for name in names:
            yield Suggestion(
                clause=clause.id, kind=kind, subject=name, unit=unit, binds=binds, only=only, points=bound.points,
                milestones=tuple(_milestones(years, segment.base_years, value)),
                aspiration=segment.aspiration and not _hoped_later(segment.words, bound),
                hold=bool(lex.HOLDING.search(segment.words[bound.operator : bound.end])),
                words=_short(segment.words[: bound.end]), passage=f"{lead}，{segment.words}".strip("，"),
            )  # fmt: skip


def _milestones(
    years: tuple[int | None, ...], bases: tuple[int, ...], value: Decimal | None
) -> Iterator[SuggestedMilestone]:
    for n, year in enumerate(years):
        base = bases[n] if len(bases) == len(years) else bases[0] if bases else None
        yield SuggestedMilestone(year=year, value=value, base_year=base)


def _hoped_later(words: str, bound: Bound) -> bool:
    """力争 stands after this figure, so it belongs to a later one of the segment."""
    hope = lex.ASPIRATION.search(words)
    return hope is not None and hope.start() > bound.operator


def _coursed(
    clause: Clause, segment: Segment, course: Course, lead: str, before: list[Suggestion]
) -> Iterator[Suggestion]:
    binds, only = whom(segment.words, counted=course.complete)
    subject = _subject(course.subject) or (before[-1].subject if before else "")
    value = Decimal(100) if course.complete else None
    names = [subject] if course.kind in {Kind.MATCH, Kind.NOT_BELOW, Kind.EXISTS} else conjuncts(subject)
    for name in names:
        yield Suggestion(
            clause=clause.id, kind=course.kind, subject=name, unit=Unit.PERCENT if course.complete else None,
            binds=binds, only=only, aspiration=segment.aspiration, hold=bool(lex.HOLDING.search(course.words)),
            milestones=tuple(_milestones(segment.years or (None,), segment.base_years, value)),
            words=_short(course.words), passage=f"{lead}，{segment.words}".strip("，"), reference=course.reference,
        )  # fmt: skip


def _merge(made: list[Suggestion], more: list[Suggestion]) -> list[Suggestion]:
    """到2025年…，到2030年… of the same thing are milestones of one promise."""
    for new in more:
        same = next(
            (
                i for i, old in enumerate(made)
                if old.subject == new.subject and old.kind is new.kind and old.aspiration == new.aspiration
                and all(m.year is not None for m in (*old.milestones, *new.milestones))
                and not {m.year for m in old.milestones} & {m.year for m in new.milestones}
            ),
            None,
        )  # fmt: skip
        if same is None:
            made = [*made, new]
        else:
            old = made[same]
            milestones = tuple(sorted((*old.milestones, *new.milestones), key=lambda m: m.year or 0))
            joined = f"{old.words}，{new.words}" if len(old.words) + len(new.words) < WORDS_LIMIT else old.words
            made = [
                *made[:same],
                old.model_copy(
                    update={"milestones": milestones, "words": joined, "passage": f"{old.passage}，{new.passage}"}
                ),
                *made[same + 1 :],
            ]
    return made


def _subject(words: str) -> str:
    """What is measured: the words without time, adverbs and auxiliaries around them."""
    words = re.sub(r"（[^）]*统计[^）]*）", "", words)
    words = re.sub(r"(?:到|至|比|较)?(?:19|20)\d\d年(?:[和、](?:19|20)\d\d年)*(?:底|前)?", "", words)
    words = re.sub(r"在[^，]*?基础上|(?:要|应|应当)?有(?:一定|适当|合理)的?(?:数量|比例)$", "", words)
    return _TRAIL.sub("", _LEAD.sub("", words)).strip("、")


def _short(words: str) -> str:
    """At most 25 characters: the first of the words, which may be the verb, and the last, which hold the operator."""
    return words if len(words) <= WORDS_LIMIT else f"{words[:4]}…{words[5 - WORDS_LIMIT :]}"
