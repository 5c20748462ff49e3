"""Every write is an event, hash-chained."""
