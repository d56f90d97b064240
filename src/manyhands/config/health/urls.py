"""Addresses about the install itself."""

from django.urls import path

from manyhands.config.health import views
from manyhands.config.modes import views as modes

app_name = "house"
urlpatterns = [
    path("host/health/", views.how_it_is, name="how_it_is"),
    path("host/open/", modes.open_house, name="open"),
    path("host/seal/", modes.seal_house, name="seal"),
    path("health/", views.health, name="health"),
    path("blocked/", views.blocked, name="blocked"),
    path("metrics", views.metrics_page, name="metrics"),
]
