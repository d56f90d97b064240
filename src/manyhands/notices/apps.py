from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "manyhands.notices"
    label = "notices"
