"""The product's settings, with :mod:`benchmarks.load_addresses` for its addresses."""

from halfsky.config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.load_addresses"
