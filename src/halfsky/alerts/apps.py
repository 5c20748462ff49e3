"""The room's Django application."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "halfsky.alerts"
