"""The room's Django application."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "halfsky.evaluation"

    def ready(self) -> None:
        from halfsky.collect.notices import speak
        from halfsky.evaluation.notices import SENTENCES

        speak(SENTENCES)
