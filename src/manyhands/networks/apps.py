from django.apps import AppConfig


class NetworksConfig(AppConfig):
    name = "manyhands.networks"
    label = "networks"
