"""Is it met, will it be met, how sure, what wavers: figures and targets become verdicts."""

from halfsky.assess.counts import Asked, counts_rare_events, rare_events
from halfsky.assess.model import Cluster, Finding, Flag, Forecast, Funnel, Oddity, RareEvents, Standing, Verdict
from halfsky.assess.policy import DEFAULT_POLICY, METHOD, Policy
from halfsky.assess.sentences import named, promise
from halfsky.assess.verdicts import assess
from halfsky.assess.watch import Revised, examine

__all__ = [
    "DEFAULT_POLICY",
    "METHOD",
    "Asked",
    "Cluster",
    "Finding",
    "Flag",
    "Forecast",
    "Funnel",
    "Oddity",
    "Policy",
    "RareEvents",
    "Revised",
    "Standing",
    "Verdict",
    "assess",
    "counts_rare_events",
    "examine",
    "named",
    "promise",
    "rare_events",
]
