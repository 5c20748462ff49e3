"""The entry of the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "halfsky.config.settings")
# A page makes tens of thousands of objects that die with it, beside hundreds of thousands that stay (plans, figures, verdicts):
# looking for circles among them every 700 objects would be a tenth of what a page costs.
gc.set_threshold(10_000, 20, 20)
application = get_wsgi_application()
