"""The room's Django application."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "halfsky.places"
