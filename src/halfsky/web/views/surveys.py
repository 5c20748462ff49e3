"""The register of special surveys 专项统计调查: the list, and the form of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from halfsky.collect import queries as collect
from halfsky.collect.actions import SurveyData, add_survey, revise_survey, withdraw_survey
from halfsky.collect.actions.surveys import data_of, estimate
from halfsky.collect.models import Survey
from halfsky.observations.columns import CONFIDENTIALITY_NAMES, RESIDENCE_NAMES, SEX_NAMES
from halfsky.places.models import Office
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Faulty
from halfsky.web.book import Book, of_plan, page
from halfsky.web.doors import acting, door


class SurveyForm(forms.Form):
    """One survey, in the order in which its report tells it."""

    indicator = forms.ChoiceField(label=gettext_lazy("Indicator"))
    region = forms.ChoiceField(label=gettext_lazy("Place"))
    year = forms.IntegerField(label=gettext_lazy("Year"))
    sex = forms.ChoiceField(label=gettext_lazy("Sex"), required=False)
    age = forms.CharField(
        label=gettext_lazy("Age"),
        required=False,
        max_length=12,
        help_text=gettext_lazy("SDMX code, such as Y35T45 or Y_GE60; empty for all ages."),
    )
    residence = forms.ChoiceField(label=gettext_lazy("Residence"), required=False)
    estimate = forms.DecimalField(
        label=gettext_lazy("Estimate"), max_digits=24, help_text=gettext_lazy("In the unit of the indicator.")
    )
    sample_size = forms.IntegerField(label=gettext_lazy("Sample size"))
    standard_error = forms.DecimalField(
        label=gettext_lazy("Standard error"),
        required=False,
        max_digits=24,
        help_text=gettext_lazy("This or the interval is needed."),
    )
    low = forms.DecimalField(label=gettext_lazy("Low end of the interval"), required=False, max_digits=24)
    high = forms.DecimalField(label=gettext_lazy("High end of the interval"), required=False, max_digits=24)
    level = forms.DecimalField(label=gettext_lazy("Confidence level (%)"), required=False, max_digits=6)
    method = forms.CharField(label=gettext_lazy("Method"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    office = forms.ChoiceField(label=gettext_lazy("Carried out by"))
    began = forms.DateField(
        label=gettext_lazy("Began on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ended = forms.DateField(
        label=gettext_lazy("Ended on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reference = forms.CharField(label=gettext_lazy("Report or document number"), required=False, max_length=255)
    confidentiality = forms.ChoiceField(label=gettext_lazy("Confidentiality"))
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Needed where a figure stands already, and for every revision."),
    )

    def __init__(self, book: Book, who: Principal, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        plan, language = book.plan, book.language
        scope = who.scope(Permission.SURVEY_KEEP)
        mine = [r for r in plan.regions if scope.holds(r.code)]
        offices = Office.objects.filter(region__in=[r.code for r in mine])
        choices: dict[str, list[tuple[Any, str]]] = {
            "indicator": [(i.id, i.name.in_language(language)) for i in plan.indicators if i.derive is None],
            "region": [(r.code, r.name.in_language(language)) for r in mine],
            "sex": [(s.value, name.in_language(language)) for s, name in SEX_NAMES.items()],
            "residence": [(r.value, name.in_language(language)) for r, name in RESIDENCE_NAMES.items()],
            "office": [(o.pk, o.name_zh if language == "zh" else o.name_en or o.name_zh) for o in offices],
            "confidentiality": [(c.value, name.in_language(language)) for c, name in CONFIDENTIALITY_NAMES.items()],
        }
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]
        if self.is_bound:
            for name in self.errors:
                self._described(name)

    def _described(self, name: str) -> None:
        if name in self.fields:
            self.fields[name].widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"e-{name}"}

    def data_given(self) -> SurveyData:
        given = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        given |= {
            "office": int(given["office"]),
            "sex": given["sex"] or "_T",
            "residence": given["residence"] or "_T",
            "age": given["age"] or "_T",
        }
        return SurveyData(**given)

    def refused(self, error: Faulty, language: str) -> None:
        """Say what the register refused, beside the fields that it is about."""
        for fault in error.faults:
            self.add_error(fault.cell if fault.cell in self.fields else None, fault.message.in_language(language))
            self._described(fault.cell or "")


@door(Permission.PLAN_READ)
@of_plan
def surveys(request: HttpRequest, book: Book) -> HttpResponseBase:
    """Every survey of the plan; an estimate that is not free to publish shows to those who may read it."""
    who = acting(request)
    scope = who.scope(Permission.SURVEY_KEEP)
    rows = []
    for survey in Survey.objects.filter(plan=book.plan.id, indicator__in=book.plan.indicator).select_related("office"):
        sight = collect.readable(who, book.plan, estimate(data_of(survey), ""))
        rows.append(
            (
                survey,
                book.plan.indicator[survey.indicator],
                book.plan.place.get(survey.region),
                sight,
                scope.holds(survey.region),
            )
        )
    return page(request, "surveys", book, {"surveys": rows, "may_add": bool(scope)})


@door(Permission.SURVEY_KEEP)
@of_plan
def add(request: HttpRequest, book: Book) -> HttpResponseBase:
    who = acting(request)
    asked = {
        name: request.GET[name]
        for name in ("indicator", "region", "year", "sex", "age", "residence")
        if name in request.GET
    }
    form = SurveyForm(book, who, request.POST or None, initial={"level": 95, "confidentiality": "F", **asked})
    if request.method == "POST" and form.is_valid():
        try:
            add_survey(plan=book.plan, data=form.data_given(), by=who, reason=form.cleaned_data["reason"])
        except Faulty as error:
            form.refused(error, book.language)
        else:
            return _list(book)
    return page(request, "survey", book, {"form": form, "survey": None})


@door(Permission.SURVEY_KEEP)
@of_plan
def edit(request: HttpRequest, book: Book, survey: int) -> HttpResponseBase:
    who = acting(request)
    held = Survey.objects.filter(plan=book.plan.id, pk=survey).first()
    if held is None:
        raise Http404(_("There is no such survey."))
    who.need(Permission.SURVEY_KEEP, region=held.region)
    data = data_of(held)
    initial = {name: getattr(data, name) for name in SurveyForm.base_fields if name != "reason"}
    form = SurveyForm(book, who, request.POST or None, initial=initial)
    if request.method == "POST":
        given = request.POST.get("version", "")
        version = int(given) if given.isascii() and given.isdigit() else 0
        try:
            if "withdraw" in request.POST:
                withdraw_survey(
                    plan=book.plan, survey=held.pk, version=version, by=who, reason=request.POST.get("reason", "")
                )
                return _list(book)
            if form.is_valid():
                revise_survey(
                    plan=book.plan,
                    survey=held.pk,
                    version=version,
                    data=form.data_given(),
                    by=who,
                    reason=form.cleaned_data["reason"],
                )
                return _list(book)
        except Faulty as error:
            form.is_valid()
            form.refused(error, book.language)
    return page(request, "survey", book, {"form": form, "survey": held})


def _list(book: Book) -> HttpResponseBase:
    return HttpResponseRedirect(reverse("web:surveys", kwargs={"plan_id": book.plan.id}))
