"""The nouns of collection: figures and their versions; years, returns and their cells."""

from halfsky.collect.models.figures import Delivery, Figure, Source
from halfsky.collect.models.returns import Ack, Cycle, Entry, Remark, Return, State, Step

__all__ = ["Ack", "Cycle", "Delivery", "Entry", "Figure", "Remark", "Return", "Source", "State", "Step"]
