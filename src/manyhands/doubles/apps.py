from django.apps import AppConfig


class DoublesConfig(AppConfig):
    name = "manyhands.doubles"
    label = "doubles"
