"""The room's Django application."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "halfsky.alerts"

    def ready(self) -> None:
        from halfsky.alerts import freshness  # noqa: F401  its receiver is registered by importing it
