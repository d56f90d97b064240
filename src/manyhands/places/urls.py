"""Addresses of areas."""

from django.urls import path

from manyhands.places import views

app_name = "places"
urlpatterns = [
    path("streets/<slug:version>/<int:zoom>/<int:east>/<int:south>.svg", views.tile, name="tile"),
    path("<slug:network>/desk/areas/", views.areas, name="areas"),
    path("<slug:network>/desk/squares/", views.squares, name="squares"),
    path("<slug:network>/desk/squares/homes/", views.homes, name="homes"),
    path("<slug:network>/desk/areas/<int:key>/", views.area, name="area"),
    path("<slug:network>/desk/areas/<int:key>/remove/", views.remove, name="remove"),
]
