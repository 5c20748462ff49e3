"""Halfsky 半边天: software that carries out women's-development plans.

The first three rooms — :mod:`halfsky.plan`, :mod:`halfsky.observations` and
:mod:`halfsky.assess` — are a plain library without Django and may be used alone.
"""

__version__ = "0.1.0"
