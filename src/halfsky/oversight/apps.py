"""The room's Django application."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "halfsky.oversight"

    def ready(self) -> None:
        from halfsky.collect.notices import speak
        from halfsky.oversight.notices import SENTENCES

        speak(SENTENCES)
