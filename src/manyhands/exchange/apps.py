from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "manyhands.exchange"
    label = "exchange"
