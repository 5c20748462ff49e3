#!/usr/bin/env python
"""Django's own commands, for developers: makemigrations, shell. Users have `halfsky`."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "halfsky.config.settings")
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
