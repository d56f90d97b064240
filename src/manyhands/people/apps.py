from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "manyhands.people"
    label = "people"
