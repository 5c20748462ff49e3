"""Is it met, will it be met, how sure, what wavers: figures and targets become verdicts."""

from halfsky.assess.model import Flag, Forecast, Standing, Verdict
from halfsky.assess.policy import DEFAULT_POLICY, METHOD, Policy
from halfsky.assess.sentences import named, promise
from halfsky.assess.verdicts import assess

__all__ = [
    "DEFAULT_POLICY",
    "METHOD",
    "Flag",
    "Forecast",
    "Policy",
    "Standing",
    "Verdict",
    "assess",
    "named",
    "promise",
]
