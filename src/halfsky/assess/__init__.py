"""Is it met, will it be met, how sure, what wavers: figures and targets become verdicts."""

from halfsky.assess.counts import Asked, counts_rare_events, rare_events
from halfsky.assess.model import Cluster, Flag, Forecast, Funnel, RareEvents, Standing, Verdict
from halfsky.assess.policy import DEFAULT_POLICY, METHOD, Policy
from halfsky.assess.sentences import named, promise
from halfsky.assess.verdicts import assess

__all__ = [
    "DEFAULT_POLICY",
    "METHOD",
    "Asked",
    "Cluster",
    "Flag",
    "Forecast",
    "Funnel",
    "Policy",
    "RareEvents",
    "Standing",
    "Verdict",
    "assess",
    "counts_rare_events",
    "named",
    "promise",
    "rare_events",
]
