from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "manyhands.places"
    label = "places"
