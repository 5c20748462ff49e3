"""Assessments stored, warnings raised."""
