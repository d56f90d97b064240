from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "manyhands.jobs"
    label = "jobs"
