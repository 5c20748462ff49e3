"""The room's Django application."""

from django.apps import AppConfig


class CollectConfig(AppConfig):
    name = "halfsky.collect"
