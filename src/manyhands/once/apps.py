from django.apps import AppConfig


class OnceConfig(AppConfig):
    name = "manyhands.once"
    label = "once"
