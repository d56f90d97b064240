"""The gallery's address."""

from django.urls import path

from manyhands.kit import gallery

app_name = "kit"

urlpatterns = [path("", gallery.gallery, name="gallery")]
