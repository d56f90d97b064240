from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "manyhands.privacy"
    label = "privacy"
