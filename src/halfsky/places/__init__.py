"""Regions, units and people."""
