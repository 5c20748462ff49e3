"""The room's Django application."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "halfsky.alerts"

    def ready(self) -> None:
        # Importing them registers a receiver, and what notices say.
        from halfsky.alerts import freshness, notices  # noqa: F401
