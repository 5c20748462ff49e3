"""Settings. Everything an office may change is an environment variable; docs/operations.md lists them."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF

from halfsky.config.oidc import oidc_providers
from halfsky.web.addresses import Proxies

HOME = Path(os.environ.get("HALFSKY_HOME", "var")).resolve()
HOME.mkdir(parents=True, exist_ok=True)
PLANS_DIR = Path(os.environ.get("HALFSKY_PLANS", "plans")).resolve()
BOUNDARIES = os.environ.get("HALFSKY_BOUNDARIES")  # GeoJSON that the office has map approval for
CACHE_DIR = HOME / "cache"

DEBUG = os.environ.get("HALFSKY_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("HALFSKY_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")


def _one_of(name: str, *allowed: str) -> str:
    """A setting with few values, the first by default; a slip of the pen stops the start instead of weakening it."""
    value = os.environ.get(name) or allowed[0]
    if value not in allowed:
        raise ValueError(f"{name}={value!r}: {' | '.join(allowed)}")
    return value


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
else:
    # A process of the database for every request is what an empty page would mostly cost. A connection that a restarted
    # database has cut is noticed before it is used.
    DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
AUTH_USER_MODEL = "places.User"
# Who the browser talks to; links in e-mails begin with it.
SITE_URL = os.environ.get("HALFSKY_URL", "http://127.0.0.1:8000").rstrip("/")
HTTPS = os.environ.get("HALFSKY_HTTPS") == "1"
SEAL = _one_of("HALFSKY_SEAL", "sha256", "sm3")  # of the ledger's events from now on; those before keep theirs
PROXIES = Proxies.of(os.environ.get("HALFSKY_PROXIES", ""))  # our own, between the browser and this server
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "halfsky.audit",
    "halfsky.places",
    "halfsky.catalogue",
    "halfsky.collect",
    "halfsky.alerts",
    "halfsky.oversight",
    "halfsky.evaluation",
    "halfsky.implementation",
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
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
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
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "web:sign-in"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
PASSWORD_PROFILE = _one_of("HALFSKY_PASSWORD_PROFILE", "standard", "mlps3")
AUTH_PASSWORD_VALIDATORS = [{"NAME": "halfsky.places.passwords.Validator"}]
SECOND_FACTOR = _one_of("HALFSKY_SECOND_FACTOR", "off", "roles", "all")

# Counted by the sign-in name: an office's people share one network address, a thief of passwords has many.
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_FAILURE_LIMIT = int(os.environ.get("HALFSKY_LOCK_AFTER", "5"))
AXES_COOLOFF_TIME = timedelta(minutes=int(os.environ.get("HALFSKY_LOCK_MINUTES", "30")))
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_TEMPLATE = "web/locked-out.html"
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are events of our own ledger
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "halfsky.web.addresses.address_of"
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # the address is no part of the count, on purpose

MFA_ADAPTER = "halfsky.places.secondfactor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # steps of 30 s before and after now, for clocks that differ
MFA_TOTP_ISSUER = "Halfsky"
ACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link: a form may not be sent on to another origin
SOCIALACCOUNT_ADAPTER = "halfsky.web.oidc.Adapter"
SOCIALACCOUNT_PROVIDERS = oidc_providers(os.environ)
OIDC_MATCH = _one_of("HALFSKY_OIDC_MATCH", "email", "username")
SESSION_COOKIE_NAME = "halfsky_session"
SESSION_COOKIE_AGE = int(os.environ.get("HALFSKY_SESSION_MINUTES", "30")) * 60
SESSION_SAVE_EVERY_REQUEST = False  # counted from the last request all the same: web.sessions.keep, once a minute
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_LONGEST = int(os.environ.get("HALFSKY_SESSION_HOURS", "12")) * 3600  # from the sign-in, however busy
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
if HTTPS:  # a web server with TLS stands before this one and says so
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600

# What printed returns say of themselves, as the office that approved their forms words it.
FORM_APPROVAL, FORM_VALID = os.environ.get("HALFSKY_FORM_APPROVAL", ""), os.environ.get("HALFSKY_FORM_VALID", "")

_mail = urlsplit(os.environ.get("HALFSKY_MAIL", ""))  # smtp://user:password@host:25, smtps:// or smtp+tls://
EMAIL_HOST = _mail.hostname or ""  # without one, mails wait in the database
EMAIL_PORT = _mail.port or {"smtps": 465, "smtp+tls": 587}.get(_mail.scheme, 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp+tls"
EMAIL_TIMEOUT = 20
MAIL_DIGEST_MINUTES = int(os.environ.get("HALFSKY_MAIL_DIGEST", "60"))  # a mail waits so long for more of the same
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
