"""The English of :mod:`halfsky.assess.telling`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from halfsky.assess.happenings import Course, Happening, Outcome
from halfsky.assess.model import Flag, Standing, Verdict
from halfsky.assess.sentences import lower, named, percent, promise
from halfsky.assess.words import Amounts
from halfsky.plan import Kind, Plan, Unit
from halfsky.plan.wording import with_unit, years_words


class English:
    def __init__(self, plan: Plan, verdict: Verdict, what: Happening) -> None:
        self.v, self.what = verdict, what
        self.target, self.indicator = plan.target[verdict.target], plan.indicator[verdict.indicator]
        self.amounts = Amounts(self.indicator)
        self.name = named(self.indicator, self.target.cut).en
        self.place = plan.place[verdict.region].name.en
        asked = promise(plan, self.target, verdict.milestone).en
        self.goal = f"the {'aspiration' if verdict.aspiration else 'target'} for {verdict.milestone} ({asked})"
        self.reference = plan.indicator[self.target.reference].name.en if self.target.reference else ""

    def whole(self) -> str:
        v, what = self.v, self.what
        if what.outcome is Outcome.NOT_APPLICABLE:
            return f"{self.name}: the target does not apply to {self.place}."
        if what.outcome is Outcome.NO_DATA:
            return f"{self.name} in {self.place}: no figures up to {v.as_of}, so that {self.goal} cannot be judged."
        said = [self._figure(), self._promise(), *self._beside(), *self._pace(), *self._mind()]
        return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in said)

    def _pick(self, options: Sequence[str], slot: str) -> str:
        return pick(options, self.v, slot)

    def _amount(self, value: object) -> str:
        return with_unit(value, self.indicator, "en")  # type: ignore[arg-type]

    # The figure

    def _figure(self) -> str:
        v, what = self.v, self.what
        assert v.value is not None
        subject, value, year = f"{self.name} in {self.place}", self._amount(v.value), v.year
        if self.indicator.unit is Unit.YES_NO:
            return self._there(subject, value)
        if what.course is Course.FIRST:
            return self._pick(
                [f"{subject}: {value} in {year}, the first comparable figure", f"{subject}: {value} in {year}, with nothing before to compare it with"], "first"
            )  # fmt: skip
        if what.course is Course.BROKE:
            return f"{subject}: {value} in {year}, after a break in the series and not comparable with earlier years"
        assert what.before is not None
        assert what.change is not None
        when, before = what.before_year, self._amount(what.before)
        if what.course is Course.STILL:
            return self._pick(
                [f"{subject}: {value} in {year}, as in {when}", f"{subject}: {value} in {year}, unchanged from {when}"],
                "still",
            )
        verb, size = ("rose", "up") if what.course.up else ("fell", "down"), self.amounts.size(what.change).en
        plain = [
            f"{subject}: {value} in {year}, {verb[1]} by {size} on {when}",
            f"{subject} {verb[0]} from {before} in {when} to {value} in {year}",
            f"{subject} {verb[0]} by {size} on {when}, to {value} in {year}",
        ]
        if what.course in {Course.TURNED_UP, Course.TURNED_DOWN}:
            turned = "after falling before" if what.course.up else "after rising before"
            plain = [f"{subject}: {value} in {year}, {verb[1]} by {size} on {when} {turned}"]
        elif what.against and what.outcome in {Outcome.AHEAD, Outcome.MISSED, Outcome.LOST}:
            plain.append(f"{subject} moved the wrong way: it {verb[0]} by {size} on {when}, to {value} in {year}")
        return self._pick(plain, "figure")

    def _there(self, subject: str, value: str) -> str:
        v, what = self.v, self.what
        if what.before is None:
            return f"{subject}: {value} in {v.year}"
        if what.course is Course.STILL:
            return f"{subject}: {value} in {v.year}, as in {what.before_year}"
        return f"{subject}: {value} in {v.year}, {self._amount(what.before)} in {what.before_year}"

    # The promise

    def _promise(self) -> str:
        v, what, goal = self.v, self.what, self.goal
        match what.outcome:
            case Outcome.EARLY:
                n = v.milestone - (v.year or v.milestone)
                years = f"{n} year{'s' if n > 1 else ''}"
                said = [f"{goal} is met {years} early", f"that meets {goal}, {years} ahead of time"]
            case Outcome.REACHED:
                said = [f"{goal} is met on time", f"that meets {goal}, as promised"]
            case Outcome.KEPT:
                said = [f"{goal} is still met", f"{goal} goes on being met"]
            case Outcome.MET:
                said = [f"{goal} is met", f"that meets {goal}"]
            case Outcome.LOST:
                said = [f"{goal}, met in {what.before_year}, is {self._not()}{self._short()}{self._outlook()}"]
            case Outcome.MISSED:
                said = [f"{goal} is missed{self._short()}", f"{goal} was not reached in time{self._short()}"]
            case Outcome.OPEN if Flag.SMALL_NUMBERS in v.flags:
                said = [f"events are too few to judge {goal} alone"]
            case Outcome.OPEN:
                said = [f"there is too little data to judge {goal}"]
            case _:
                said = [f"{goal} is not met yet{self._short()}{self._outlook()}"]
        return self._pick(said, "promise")

    def _not(self) -> str:
        return "missed" if self.v.status is Standing.MISSED else "no longer met"

    def _beside(self) -> list[str]:
        """The base or the reference that the promise is about."""
        v = self.v
        based = v.kind in {Kind.RISE, Kind.FALL, Kind.TIMES_BASE} and v.base_year != self.what.before_year
        if based and v.base_value is not None:
            return [f"it was {self._amount(v.base_value)} in {v.base_year}"]
        if self.reference and v.bound is not None:
            return [f"the reference ({lower(self.reference)}) was {self._amount(v.bound)} in {v.year}"]
        return []

    def _short(self) -> str:
        v = self.v
        if v.gap is None or v.gap <= 0 or self.indicator.unit is Unit.YES_NO:
            return ""
        return f", {self.amounts.size(v.gap).en} short"

    def _outlook(self) -> str:
        v = self.v
        said = {
            Standing.ON_TRACK: ["; on the present course it is on track", "; it is expected in time"],
            Standing.UNCERTAIN: ["; the outcome is uncertain", "; it may go either way"],
            Standing.AT_RISK: ["; on the present course it is unlikely", "; it will be hard to reach in time"],
        }.get(v.status)
        if said is None:
            return ""
        chance = "" if v.probability is None else f" (chance for {v.milestone}: {percent(v.probability)})"
        return self._pick(said, "outlook") + chance

    # What to mind

    def _pace(self) -> list[str]:
        v = self.v
        doubtful = v.status in {Standing.UNCERTAIN, Standing.AT_RISK}
        if not doubtful or v.change is None or not v.required or v.change_years is None:
            return []
        if self.target.is_there_or_not(self.indicator) or not self.amounts.shows(v.required):
            return []
        need = f"it has to {'rise' if v.required > 0 else 'fall'} by {self.amounts.size(v.required).en} a year"
        span = years_words(*v.change_years, "en")
        if not self.amounts.shows(v.change):
            return [f"in {span} it hardly moved; {need}"]
        moved, needed = self._step(v.change), self._step(v.required)
        if moved == needed:
            return [f"in {span} it {moved} a year, about what is needed"]
        if (v.change > 0) == (v.required > 0) and abs(v.change) > abs(v.required):
            return [f"in {span} it {moved} a year, more than is needed, but not yet safely"]
        return [f"in {span} it {moved} a year; {need}"]

    def _step(self, change: float) -> str:
        return f"{'rose' if change > 0 else 'fell'} by {self.amounts.size(change).en}"

    def _mind(self) -> list[str]:
        v, what = self.v, self.what
        said = []
        if Flag.STALE in v.flags:
            said.append(f"the figure of {v.as_of} is missing")
        if what.revised is not None and what.revised.old is not None:
            old, new = self._amount(what.revised.old), self._amount(what.revised.value)
            said.append(f"the figure of {v.year} was revised from {old} to {new}")
        if Flag.CLUSTER in v.flags:
            said.append("events cluster beyond chance: look into each case")
        elif v.pooled_value is not None:
            pooled = self._amount(v.pooled_value)
            said.append(
                f"events are few: {pooled} over {v.pooled_years} years together, and one year's move is mostly chance"
            )
        elif Flag.SMALL_NUMBERS in v.flags:
            said.append(
                self._pick(
                    [
                        "numbers are small, and one year's move is mostly chance",
                        "on so few cases one year shows no trend",
                    ],
                    "mind",
                )
            )
        elif Flag.SLIPPING in v.flags:
            said.append("it is slipping: find out why" if what.against else "a level to be kept was not kept")
        elif Flag.VOLATILE in v.flags:
            said.append("it swings from year to year, and one year proves no trend")
        return said[:2]


def pick(options: Sequence[str], verdict: Verdict, slot: str) -> str:
    """One of several wordings, the same for the same target, place, year and ``slot``."""
    seed = f"{verdict.target}|{verdict.region}|{verdict.as_of}|{slot}".encode()
    return options[int.from_bytes(hashlib.sha256(seed).digest()[:4], "big") % len(options)]
