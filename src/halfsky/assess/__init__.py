"""Is it met, will it be met, how sure, what wavers: figures and targets become verdicts."""

from halfsky.assess.model import Flag, Forecast, Standing, Verdict

__all__ = ["Flag", "Forecast", "Standing", "Verdict"]
