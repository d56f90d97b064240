"""Addresses of the pages about who may be written down twice."""

from django.urls import path

from manyhands.doubles import views

app_name = "doubles"
urlpatterns = [
    path("<slug:network>/desk/twice/", views.pairs, name="pairs"),
    path("<slug:network>/desk/twice/joined/", views.joined, name="joined"),
    path("<slug:network>/desk/twice/of/<str:code>/", views.of, name="of"),
    path("<slug:network>/desk/twice/<uuid:key>/", views.pair, name="pair"),
]
