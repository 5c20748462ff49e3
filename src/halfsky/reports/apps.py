"""The room's Django application."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "halfsky.reports"
