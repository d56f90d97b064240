from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "manyhands.safety"
    label = "safety"
