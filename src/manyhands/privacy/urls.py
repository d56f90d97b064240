"""Addresses of what people may read about who saw them."""

from django.urls import path

from manyhands.privacy import views

app_name = "privacy"
urlpatterns = [
    path("leave/", views.leave, name="leave"),
    path("forgotten/<uuid:key>/", views.receipt, name="receipt"),
    path("forgotten/<uuid:key>/receipt.txt", views.receipt_as_text, name="receipt_as_text"),
    path("<slug:network>/two-people/", views.two_people, name="two_people"),
    path("<slug:network>/two-people/limits/", views.limits, name="limits"),
    path("<slug:network>/two-people/<uuid:key>/", views.answer, name="answer"),
    path("<slug:network>/me/seen/", views.who_saw_me, name="who_saw_me"),
]
