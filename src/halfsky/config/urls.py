"""Every address of the site; the rooms that have doors bring their own."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("halfsky.api.urls")),
    path("", include("halfsky.web.urls")),
]
