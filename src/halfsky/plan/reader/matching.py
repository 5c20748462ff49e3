"""How well suggestions agree with a finished pack.

A suggestion and a target agree when all of this holds:

- they are of the same clause;
- their kinds are of one family: ``exists`` and ``at_least`` are one (各设置1所 is a count of at least one), and
  so are ``rise`` and ``fall`` (收入差距缩小 is a fall of the gap, and a rise of the ratio that a pack may measure
  instead; :attr:`Agreement.turned` counts such pairs); every other kind is its own family;
- where the kind carries values: the same years with the same values (a year that the words leave out is the
  plan's last), and for ``times_base`` the same base year where the words name one. A thing that is there for
  all it binds may be written as 100 percent or, where the pack answers yes or no, as 1;
- the target's words stand in the passage that the suggestion was made from: the words between two commas, with
  those before them where they lead on to it.

Each suggestion agrees with one target at most and each target with one suggestion, chosen so that as many
as possible agree. Recall is the share of targets that found one, precision the share of suggestions.

A pack may also judge an action by an indicator that its makers chose (推广适龄妇女疫苗接种, judged by coverage).
No word of such a clause promises a figure or a course, so the reader does not look for it; :func:`worded` tells
the two apart by the target's own quoted words, and :attr:`Agreement.worded` is the part whose words promise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from halfsky.plan.model import VALUED_KINDS, Kind, Plan, Target
from halfsky.plan.reader.cleaning import clean
from halfsky.plan.reader.figures import figures_in
from halfsky.plan.reader.lexicon import PROMISING
from halfsky.plan.reader.model import Suggestion

_COMPLETE = frozenset({Decimal(1), Decimal(100)})


@dataclass(frozen=True)
class Agreement:
    """Pairs that agree, targets that no suggestion found, suggestions that no target bears out."""

    pairs: tuple[tuple[Target, Suggestion], ...]
    missed: tuple[Target, ...]
    extra: tuple[Suggestion, ...]

    @property
    def recall(self) -> float:
        total = len(self.pairs) + len(self.missed)
        return len(self.pairs) / total if total else 1.0

    @property
    def precision(self) -> float:
        total = len(self.pairs) + len(self.extra)
        return len(self.pairs) / total if total else 1.0

    @property
    def turned(self) -> int:
        """How many pairs agree on a change and name it by opposite directions."""
        return sum({t.kind, s.kind} == {Kind.RISE, Kind.FALL} for t, s in self.pairs)

    @property
    def worded(self) -> Agreement:
        """Without the targets that no suggestion found and whose words promise no figure and no course."""
        return Agreement(self.pairs, tuple(target for target in self.missed if worded(target)), self.extra)

    def of_kind(self, kind: Kind) -> Agreement:
        """The part of one kind: pairs by the target's kind."""
        return Agreement(
            tuple(pair for pair in self.pairs if pair[0].kind is kind),
            tuple(target for target in self.missed if target.kind is kind),
            tuple(suggestion for suggestion in self.extra if suggestion.kind is kind),
        )


def agreement(plan: Plan, suggestions: Sequence[Suggestion]) -> Agreement:
    """Compare suggestions with the targets of a plan's goals and measures."""
    targets = [target for target in plan.targets if target.clause[0] in "GM"]
    by_clause: dict[str, list[int]] = defaultdict(list)
    for i, suggestion in enumerate(suggestions):
        by_clause[suggestion.clause].append(i)
    candidates = [[i for i in by_clause[t.clause] if agree(plan, t, suggestions[i])] for t in targets]
    found = _largest_matching(candidates)
    taken = {i: t for t, i in found.items()}
    return Agreement(
        pairs=tuple((targets[t], suggestions[i]) for t, i in sorted(found.items())),
        missed=tuple(target for t, target in enumerate(targets) if t not in found),
        extra=tuple(suggestion for i, suggestion in enumerate(suggestions) if i not in taken),
    )


def agree(plan: Plan, target: Target, suggestion: Suggestion) -> bool:
    """Do they agree? The rules are those of this module's head."""
    if target.clause != suggestion.clause or _family(target.kind) is not _family(suggestion.kind):
        return False
    if not all(clean(piece) in suggestion.passage for piece in target.words.split("…")):
        return False
    return target.kind not in VALUED_KINDS or _same_values(plan, target, suggestion)


def worded(target: Target) -> bool:
    """Do the quoted words themselves hold a figure, or a word of change, comparison or completeness?"""
    words = clean(target.words)
    return bool(figures_in(words) or PROMISING.search(words))


def _family(kind: Kind) -> Kind:
    return {Kind.EXISTS: Kind.AT_LEAST, Kind.FALL: Kind.RISE}.get(kind, kind)


def _same_values(plan: Plan, target: Target, suggestion: Suggestion) -> bool:
    wanted = {m.year: m for m in target.milestones}
    offered = {m.year or plan.end: m for m in suggestion.milestones}
    if wanted.keys() != offered.keys():
        return False
    complete = target.kind is Kind.EXISTS and suggestion.kind is Kind.EXISTS
    return all(
        (wanted[y].value == offered[y].value or (complete and {wanted[y].value, offered[y].value} <= _COMPLETE))
        and (offered[y].base_year is None or wanted[y].base_year == offered[y].base_year)
        for y in wanted
    )


def _largest_matching(candidates: list[list[int]]) -> dict[int, int]:
    """Kuhn's algorithm: target → suggestion, as many pairs as can be."""
    owner: dict[int, int] = {}

    def place(target: int, seen: set[int]) -> bool:
        for suggestion in candidates[target]:
            if suggestion not in seen:
                seen.add(suggestion)
                if suggestion not in owner or place(owner[suggestion], seen):
                    owner[suggestion] = target
                    return True
        return False

    for target in range(len(candidates)):
        place(target, set())
    return {target: suggestion for suggestion, target in owner.items()}
