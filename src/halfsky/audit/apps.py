"""The room's Django application."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "halfsky.audit"
