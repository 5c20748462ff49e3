"""The room's Django application."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "halfsky.catalogue"
