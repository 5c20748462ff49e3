"""What rooms below may want to know of collection."""

from django.dispatch import Signal

# Sent inside the transaction that stores or revises figures, so that what follows from them cannot get lost: ``plan`` (a Plan), ``indicators`` and ``regions``
# (frozensets of ids), ``years`` (a frozenset of numbers).
figures_changed = Signal()
