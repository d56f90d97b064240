from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "manyhands.deliveries"
    label = "deliveries"
