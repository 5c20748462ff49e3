"""Settings of the test suite: a throw-away home, static files as they stand, PostgreSQL when asked for."""

import os
import tempfile

os.environ.setdefault("HALFSKY_HOME", tempfile.mkdtemp(prefix="halfsky-test-"))

from halfsky.config.settings import *  # noqa: E402, F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
