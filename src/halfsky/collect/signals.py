"""What rooms below may want to know of collection."""

from django.dispatch import Signal

# Sent after the transaction that stored or revised figures: ``plan`` (a Plan), ``indicators`` and ``regions``
# (frozensets of ids), ``years`` (a frozenset of numbers).
figures_changed = Signal()
