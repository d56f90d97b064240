"""Addresses of the public figures."""

from django.urls import URLPattern, path

from manyhands.outlook import views

app_name = "outlook"
urlpatterns: list[URLPattern] = [
    path("<slug:network>/figures/", views.figures_page, name="figures"),
    path("<slug:network>/figures/table.csv", views.figures_csv, name="figures_csv"),
]
