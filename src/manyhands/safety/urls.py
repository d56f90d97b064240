"""Addresses of reports."""

from django.urls import path

from manyhands.safety import views

app_name = "safety"
urlpatterns = [
    path("<slug:network>/report/", views.report, name="report"),
    path("a/<str:token>/report/", views.report_behind_link, name="report_behind_link"),
    path("s/<str:token>/", views.thread, name="thread"),
    path("reports/", views.reports, name="reports"),
    path("reports/<uuid:key>/", views.handle, name="handle"),
    path("<slug:network>/desk/trust/", views.trust, name="trust"),
]
