from django.apps import AppConfig


class OutlookConfig(AppConfig):
    name = "manyhands.outlook"
    label = "outlook"
