"""Addresses of the front pages."""

from django.urls import path

from manyhands.home import views

app_name = "home"
urlpatterns = [
    path("", views.front, name="front"),
    path("about/", views.about, name="about"),
    path("demo/", views.demo, name="demo"),
    path("demo/<uuid:key>/", views.demo_enter, name="demo_enter"),
    path("<slug:network>/desk/now/", views.now, name="now"),
    path("<slug:network>/", views.network, name="network"),
]
