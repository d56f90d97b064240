"""Every address of the house. Addresses of one network begin with its slug, which the middleware reads."""

from django.urls import URLPattern, URLResolver, include, path

handler500 = "manyhands.kit.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("kit/", include("manyhands.kit.urls")),
    path("", include("manyhands.config.health.urls")),
    path("", include("manyhands.people.urls")),
    path("", include("manyhands.networks.urls")),
    path("", include("manyhands.places.urls")),
    path("", include("manyhands.safety.urls")),
    path("", include("manyhands.doubles.urls")),
    path("", include("manyhands.privacy.urls")),
    path("", include("manyhands.exchange.urls")),
    path("", include("manyhands.deliveries.urls")),
    path("", include("manyhands.outlook.urls")),
    # Last: a network's own page takes any first word that no page above took.
    path("", include("manyhands.home.urls")),
]
