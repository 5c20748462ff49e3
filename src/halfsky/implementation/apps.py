"""The room's Django application."""

from django.apps import AppConfig


class ImplementationConfig(AppConfig):
    name = "halfsky.implementation"
