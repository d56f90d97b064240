from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "manyhands.journal"
    label = "journal"
