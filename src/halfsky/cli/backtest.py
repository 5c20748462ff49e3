"""``halfsky backtest`` and ``halfsky fit-kernel``: is the forecast right about the future, and its constants."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from halfsky.cli.output import fail


def _numbers(text: str, name: str) -> tuple[float, ...]:
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        fail(f"--{name}：请用逗号分隔数字。 --{name}: numbers with commas between them.")
    return found


def backtest(
    panel: Annotated[Path, typer.Option(help="Tidy panel, CSV or CSV.GZ 长表面板数据.", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(help="Directory for scores and report 输出目录.")],
    n: Annotated[str, typer.Option("--n", help="Years of history 历史长度.")] = "5,6,8,10",
    horizons: Annotated[str, typer.Option(help="Years ahead 预测年数.")] = "1,3,5",
    targets: Annotated[str, typer.Option(help="Multiples of the typical move 目标距离.")] = "-0.5,0.25,0.75,1.5",
    per_cell: Annotated[int, typer.Option(help="Cases of each indicator, length and horizon at most.", min=1)] = 100,
    seed: Annotated[int, typer.Option(help="Of the halves, the cases and the directions 随机种子.")] = 1,
    shipped: Annotated[
        bool,
        typer.Option("--shipped", help="Score the shipped constants; honest only on families that they never saw."),
    ] = False,
    epochs: Annotated[int | None, typer.Option(help="Rounds of fitting; fewer are faster and worse.", min=1)] = None,
) -> None:
    """Score the forecast on past figures that it has not seen 用历史数据检验预测.

    Constants are fitted on one half of the indicator families and scored on the other, then the other way round.

    Example: halfsky backtest --panel panel.csv.gz --out backtest/
    """
    from halfsky.assess.backtest import panel as panels
    from halfsky.assess.backtest import protocol as protocols
    from halfsky.assess.backtest import report, single
    from halfsky.assess.backtest.training import Recipe
    from halfsky.assess.kernel import shipped as constants
    from halfsky.assess.network import Weights

    try:
        found = panels.read(panel)
    except panels.PanelError as error:
        fail(str(error))
    asked = protocols.Protocol(
        lengths=tuple(int(x) for x in _numbers(n, "n")),
        horizons=tuple(int(x) for x in _numbers(horizons, "horizons")),
        multiples=_numbers(targets, "targets"),
        per_cell=per_cell,
        seed=seed,
    )
    recipe = replace(Recipe(), epochs=epochs) if epochs else Recipe()
    known: dict[tuple[str, ...], Weights] = {}

    def weights(learn: panels.Panel) -> Weights:
        return constants() if shipped else protocols.weights_for(learn, recipe, known)

    fitters: dict[str, protocols.Fitter] = {
        "halfsky": lambda learn, _: protocols.pooled(weights(learn)),
        "halfsky-alone": lambda learn, _: protocols.pooled(weights(learn), alone=True),
        **single.SINGLE,
    }
    outcome = protocols.run(found, asked, fitters)
    differences = [
        report.difference(outcome, "halfsky", other, seed) for other in (report.BASE, *single.SINGLE, "halfsky-alone")
    ]
    differences.append(report.difference(outcome, "halfsky-alone", report.BASE, seed))
    report.write(out, outcome, asked, found.indicators, differences, "halfsky")
    print((out / "report.md").read_text(encoding="utf-8"))


def fit_kernel(
    panel: Annotated[Path, typer.Option(help="Tidy panel, CSV or CSV.GZ 长表面板数据.", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(help="The constants, an NPZ file 常数文件.", dir_okay=False)],
    epochs: Annotated[int | None, typer.Option(help="Rounds of fitting; fewer are faster and worse.", min=1)] = None,
) -> None:
    """Fit the forecast's constants on a panel 用面板数据拟合预测常数.

    Example: halfsky fit-kernel --panel panel.csv.gz --out constants.npz
    """
    import numpy as np

    from halfsky.assess.backtest import panel as panels
    from halfsky.assess.backtest.protocol import weights_for
    from halfsky.assess.backtest.training import Recipe

    try:
        found = panels.read(panel)
    except panels.PanelError as error:
        fail(str(error))
    recipe = replace(Recipe(), epochs=epochs) if epochs else Recipe()
    weights = weights_for(found, recipe)
    with out.open("wb") as stream:
        np.savez_compressed(stream, **weights._asdict())
    print(f"{out}: {sum(w.size for w in weights):,} constants, {len(found.values):,} series")


def register(app: typer.Typer) -> None:
    app.command("backtest")(backtest)
    app.command("fit-kernel")(fit_kernel)
