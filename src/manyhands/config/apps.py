"""The hallway: wakes the wiring and the checks once every room stands."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "manyhands.config"
    label = "house"

    def ready(self) -> None:
        from manyhands.config import checks, wiring

        wiring.connect()
        checks.register()
