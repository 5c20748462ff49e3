"""Every address of the site; the rooms that have doors bring their own."""

from django.urls import include, path

from halfsky.web.views import signing

urlpatterns = [
    path("api/v1/", include("halfsky.api.urls")),
    # allauth looks its own addresses up by these names; the views are ours, with their doors.
    path("oidc/<slug:provider_id>/login/", signing.oidc_login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", signing.oidc_callback, name="openid_connect_callback"),
    path("", include("halfsky.web.urls")),
]
