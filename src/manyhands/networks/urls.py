"""Addresses of networks, members and their settings."""

from django.urls import path

from manyhands.networks import views

app_name = "networks"
urlpatterns = [
    path("host/", views.host, name="host"),
    path("<slug:network>/join/", views.join, name="join"),
    path("<slug:network>/me/", views.me, name="me"),
    path("<slug:network>/journal/", views.heads, name="heads"),
    path("<slug:network>/journal/head.txt", views.head_text, name="head_text"),
    path("<slug:network>/desk/members/", views.members, name="members"),
    path("<slug:network>/desk/members/invite/", views.invite, name="invite"),
    path("<slug:network>/desk/members/<uuid:key>/", views.change_member, name="change_member"),
    path("<slug:network>/desk/settings/", views.settings, name="settings"),
    path("<slug:network>/desk/words/", views.words, name="words"),
]
