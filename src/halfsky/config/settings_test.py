"""Settings of the test suite: a throw-away home, static files as they stand, PostgreSQL when asked for."""

import os
import tempfile

os.environ.setdefault("HALFSKY_HOME", tempfile.mkdtemp(prefix="halfsky-test-"))

from halfsky.config.settings import *  # noqa: F403
from halfsky.config.settings import DATABASES, HOME, STATIC_ROOT

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of people sign in here
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns of a folder that is not there
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file as in an office: in memory, threads of one process meet other locks than those of the real thing.
    DATABASES["default"]["TEST"] = {"NAME": HOME / "test.sqlite3"}
MAIL_DIGEST_MINUTES = 0  # mails go out with the next run
