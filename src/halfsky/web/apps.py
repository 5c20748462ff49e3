"""The room's Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "halfsky.web"
