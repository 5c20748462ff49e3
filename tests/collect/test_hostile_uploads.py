"""A sample of the benchmark's clumsy and hostile forms: none crashes, none stores a wrong figure, none is lost unseen."""

from __future__ import annotations

from collections import Counter

import pytest
from benchmarks.hostile_uploads import CLASSES, cases, run, site

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_no_form_crashes_or_stores_what_it_does_not_show() -> None:
    numbered = list(enumerate(cases(60)))
    found = run(site(), numbered, seed=7, apart=True)
    made = sum(found.values(), Counter[str]())
    assert set(made) <= {"stored right", "refused with cell", "refused as a whole"}
    assert sum(made.values()) == len(numbered)
    assert set(found) == set(CLASSES)
    assert found["plain edits"]["stored right"]
