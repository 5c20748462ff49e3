"""Settings. Everything an office may change is an environment variable; docs/operations.md lists them."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF

HOME = Path(os.environ.get("HALFSKY_HOME", "var")).resolve()
HOME.mkdir(parents=True, exist_ok=True)
PLANS_DIR = Path(os.environ.get("HALFSKY_PLANS", "plans")).resolve()
BOUNDARIES = os.environ.get("HALFSKY_BOUNDARIES")  # GeoJSON that the office has map approval for
CACHE_DIR = HOME / "cache"

DEBUG = os.environ.get("HALFSKY_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("HALFSKY_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")


def _secret_key() -> str:
    """From the environment, or made once for this installation and kept readable by its owner alone."""
    if key := os.environ.get("HALFSKY_SECRET_KEY"):
        return key
    path = HOME / "secret-key"
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=HOME) as made:  # readable by its owner alone
            made.write(secrets.token_urlsafe(50))
            made.flush()
            with contextlib.suppress(FileExistsError):  # of processes that start together one's key holds, and whole
                os.link(made.name, path)
    return path.read_text(encoding="ascii")


SECRET_KEY = _secret_key()

DATABASES = {"default": dj_database_url.config(env="HALFSKY_DATABASE", default=f"sqlite:///{HOME / 'halfsky.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Writers take the lock when they begin and wait for it; readers never block (write-ahead log).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
AUTH_USER_MODEL = "places.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "halfsky.audit",
    "halfsky.places",
    "halfsky.catalogue",
    "halfsky.collect",
    "halfsky.alerts",
    "halfsky.reports",
    "halfsky.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "halfsky.web.doors.Gate",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "halfsky.config.urls"
WSGI_APPLICATION = "halfsky.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "halfsky.web.views.notices.unread",
            ],
        },
    }
]

LOGIN_URL = "web:sign-in"
SESSION_COOKIE_NAME = "halfsky_session"
SESSION_COOKIE_AGE = int(os.environ.get("HALFSKY_SESSION_MINUTES", "30")) * 60
SESSION_SAVE_EVERY_REQUEST = True  # counted from the last request, not from the sign-in
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

SITE = os.environ.get("HALFSKY_SITE", "").rstrip("/")  # how mails name this site: https://halfsky.example.gov.cn
_mail = urlsplit(os.environ.get("HALFSKY_MAIL", ""))  # smtp://user:password@host:25, smtps:// or smtp+tls://
EMAIL_HOST = _mail.hostname or ""  # without one, mails wait in the database
EMAIL_PORT = _mail.port or {"smtps": 465, "smtp+tls": 587}.get(_mail.scheme, 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp+tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("HALFSKY_MAIL_FROM", "halfsky@localhost")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "halfsky_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Nothing but our own origin, at run time: no external request, no inline script or style.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
