"""The nouns of alerts: assessments and their verdicts, warnings, and the cases in which they are put right."""

from halfsky.alerts.models.cases import Case, CaseStep, Letter
from halfsky.alerts.models.warnings import Assessment, Pending, StoredVerdict, Warning

__all__ = ["Assessment", "Case", "CaseStep", "Letter", "Pending", "StoredVerdict", "Warning"]
