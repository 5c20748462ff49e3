"""Every address of the site; the rooms that have doors bring their own."""

from django.urls import include, path

urlpatterns = [
    path("", include("halfsky.web.urls")),
]
