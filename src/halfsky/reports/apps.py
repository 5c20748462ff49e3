"""The room's Django application."""

from importlib import import_module

from django.apps import AppConfig

# Modules that register kinds of documents and templates.
KINDS = ("annual", "periodic", "evaluating", "reporttemplate", "yearbook.kind", "sheets.kind", "lettertemplates")


class ReportsConfig(AppConfig):
    name = "halfsky.reports"

    def ready(self) -> None:
        for module in KINDS:
            import_module(f"halfsky.reports.{module}")
