"""How well the reader of plan texts finds the promises of a finished pack.

    python benchmarks/reader.py TEXT PACK [--list]

TEXT is an official plan text, PACK the folder of its finished pack. Prints recall and precision for each kind
and overall, by the rules of ``halfsky.plan.reader.matching``. ``--list`` adds what was missed and what was
found beyond the pack.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from halfsky.plan import Kind, check_pack
from halfsky.plan.reader import read_text, suggest
from halfsky.plan.reader.matching import Agreement, agreement, worded


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("text", type=Path)
    arguments.add_argument("pack", type=Path)
    arguments.add_argument(
        "--list", action="store_true", help="list what was missed and what was found beyond the pack"
    )
    chosen = arguments.parse_args()

    plan, faults = check_pack(chosen.pack)
    if plan is None:
        raise SystemExit("\n".join(f"{fault.place()}: {fault.message.en}" for fault in faults))
    found = agreement(plan, suggest(read_text(chosen.text.read_text(encoding="utf-8-sig"))))
    print(f"{'kind':<12}{'targets':>9}{'suggested':>11}{'agree':>7}{'recall':>9}{'precision':>11}")
    for kind in Kind:
        _row(kind.value, found.of_kind(kind))
    _row("overall", found)
    _row("worded", found.worded)
    print("worded: without targets that judge an action whose words promise neither a figure nor a course")
    print(
        f"of the pairs, {found.turned} agree on a change named by opposite directions (a gap that falls, a ratio that rises)"
    )
    if chosen.list:
        for target in found.missed:
            print(f"{'missed' if worded(target) else 'action':<8}{target.id:<8} {target.kind:<10} {target.words}")
        for suggestion in found.extra:
            print(f"extra   {suggestion.clause:<8} {suggestion.kind:<10} {suggestion.subject} | {suggestion.words}")


def _row(name: str, part: Agreement) -> None:
    targets, suggested = len(part.pairs) + len(part.missed), len(part.pairs) + len(part.extra)
    print(f"{name:<12}{targets:>9}{suggested:>11}{len(part.pairs):>7}{part.recall:>9.1%}{part.precision:>11.1%}")


if __name__ == "__main__":
    main()
