from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "manyhands.kit"
    label = "kit"
