"""Addresses of the pages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.views.i18n import set_language

from halfsky.web import choices
from halfsky.web.doors import opened_by_all
from halfsky.web.views import (
    audit,
    charts,
    clauses,
    data,
    database,
    evaluation_results,
    evaluation_schemes,
    evaluation_sheets,
    evaluations,
    filings,
    gaps,
    indicators,
    ledgers,
    notices,
    overview,
    people,
    places,
    regions,
    returns,
    review,
    signing,
    surveys,
    tokens,
    uploads,
    warnings,
    years,
)


class ThemeConverter(StringConverter):
    regex = "light|dark|print"


class LanguageConverter(StringConverter):
    regex = "zh|en"


register_converter(ThemeConverter, "theme")
register_converter(LanguageConverter, "language")

PLAN = "<slug:plan_id>/"

app_name = "web"
urlpatterns = [
    path("", overview.home, name="home"),
    path("plans/", overview.plans, name="plans"),
    path("notices/", notices.notices, name="notices"),
    path("sign-in/", signing.sign_in, name="sign-in"),
    path("sign-in/code/", signing.sign_in_code, name="sign-in-code"),
    path("sign-in/forgotten/", signing.forgotten, name="forgotten"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("link/<str:token>/", signing.link, name="link"),
    path("account/", signing.account, name="account"),
    path("account/password/", signing.change_password, name="change-password"),
    path("account/second-factor/", signing.second_factor, name="second-factor"),
    path("people/", people.people, name="people"),
    path("people/add/", people.add, name="person-add"),
    path("people/many/", people.many, name="people-many"),
    path("people/many/template.xlsx", people.many_template, name="people-template"),
    path("people/<int:number>/", people.person, name="person"),
    path("people/<int:number>/<slug:verb>/", people.act, name="person-act"),
    path("regions/", regions.regions, name="regions"),
    path("audit/", audit.events, name="audit"),
    path("audit/events.csv", audit.events_file, name="audit-file"),
    path("audit/verify/", audit.verify, name="audit-verify"),
    path("offices/", people.offices, name="offices"),
    path("choose/language/", opened_by_all(set_language), name="choose-language"),
    path("choose/theme/", choices.choose_theme, name="choose-theme"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path(PLAN, overview.overview, name="overview"),
    path(f"{PLAN}wall/", overview.wall, name="wall"),
    path(f"{PLAN}methods/", overview.methods, name="methods"),
    path(f"{PLAN}fields/<int:number>/", clauses.field, name="field"),
    path(f"{PLAN}goals/<str:clause>/", clauses.clause, {"letters": "G"}, name="goal"),
    path(f"{PLAN}measures/<str:clause>/", clauses.clause, {"letters": "M"}, name="measure"),
    path(f"{PLAN}provisions/<str:clause>/", clauses.clause, {"letters": "OE"}, name="provision"),
    path(f"{PLAN}targets/", clauses.targets, name="targets"),
    path(f"{PLAN}indicators/<slug:indicator_id>/", indicators.indicator, name="indicator"),
    path(f"{PLAN}map/", places.map_, name="map"),
    path(f"{PLAN}regions/<str:code>/", places.region, name="region"),
    path(f"{PLAN}gaps/", gaps.gaps, name="gaps"),
    path(f"{PLAN}composite/", gaps.composite, name="composite"),
    path(f"{PLAN}warnings/", warnings.warnings, name="warnings"),
    path(f"{PLAN}warnings/<str:target_id>/<str:code>/", warnings.warning, name="warning"),
    path(f"{PLAN}review/", review.work, name="review"),
    path(f"{PLAN}review/<int:pk>/", review.one, name="review-one"),
    path(f"{PLAN}review/<int:pk>/extend/", review.extend_one, name="review-extend"),
    path(f"{PLAN}years/", years.years, name="years"),
    path(f"{PLAN}years/open/", years.open_year, name="year-open"),
    path(f"{PLAN}years/<int:year>/", years.year, name="year"),
    path(f"{PLAN}years/<int:year>/lock/", years.lock_year, name="year-lock"),
    path(f"{PLAN}filings/", filings.filings, name="filings"),
    path(f"{PLAN}filings/open/", filings.open_clocks, name="filings-open"),
    path(f"{PLAN}filings/<int:pk>/", filings.filing, name="filing"),
    path(f"{PLAN}filings/<int:pk>/document/", filings.filed_document, name="filing-document"),
    path(f"{PLAN}duties/", filings.duties, name="duties"),
    path(f"{PLAN}evaluations/", evaluations.listed, name="evaluations"),
    path(f"{PLAN}evaluations/organisation/", evaluations.organisation, name="evaluation-organisation"),
    path(f"{PLAN}evaluations/<int:pk>/", evaluations.one, name="evaluation"),
    path(f"{PLAN}evaluations/<int:pk>/scheme/<int:number>/", evaluation_schemes.scheme, name="evaluation-scheme"),
    path(
        f"{PLAN}evaluations/<int:pk>/scheme/<int:number>/assign/", evaluation_schemes.assigned, name="evaluation-assign"
    ),
    path(f"{PLAN}evaluations/<int:pk>/results/", evaluation_results.results, name="evaluation-results"),
    path(f"{PLAN}evaluations/<int:pk>/results.xlsx", evaluation_results.results_file, name="evaluation-results-file"),
    path(f"{PLAN}evaluations/<int:pk>/results/<str:region>/", evaluation_results.result, name="evaluation-result"),
    path(
        f"{PLAN}evaluations/<int:pk>/results/<str:region>/<slug:unit>/",
        evaluation_results.result,
        name="evaluation-result-unit",
    ),
    path(f"{PLAN}evaluations/<int:pk>/conclusions/", evaluation_results.conclusions, name="evaluation-conclusions"),
    path(
        f"{PLAN}evaluations/<int:pk>/conclusions/<str:clause>/",
        evaluation_results.conclusion,
        name="evaluation-conclusion",
    ),
    path(f"{PLAN}evaluation-sheets/<int:pk>/", evaluation_sheets.sheet, name="evaluation-sheet"),
    path(f"{PLAN}evaluation-evidence/<int:pk>/", evaluation_sheets.evidence, name="evaluation-evidence"),
    path(f"{PLAN}returns/", returns.my_returns, name="my-returns"),
    path(f"{PLAN}returns/<int:sheet_id>/", returns.sheet, name="return"),
    path(f"{PLAN}returns/<int:sheet_id>/move/", returns.move_sheet, name="move-return"),
    path(f"{PLAN}database/", database.database, name="database"),
    path(f"{PLAN}database/figure/", database.figure, name="figure"),
    path(f"{PLAN}database/figures.<str:kind>", database.database_file, name="database-file"),
    path(f"{PLAN}missing/", database.missing, name="missing"),
    path(f"{PLAN}ledgers/", ledgers.ledgers, name="ledgers"),
    path(f"{PLAN}ledgers/records/<int:pk>/", ledgers.record, name="record"),
    path(f"{PLAN}ledgers/records/<int:pk>/move/", ledgers.move, name="record-move"),
    path(f"{PLAN}ledgers/records/<int:pk>/adopt/", ledgers.adopted, name="record-adopt"),
    path(f"{PLAN}ledgers/<slug:ledger_id>/", ledgers.ledger, name="ledger"),
    path(f"{PLAN}ledgers/<slug:ledger_id>/add/", ledgers.add, name="record-add"),
    path(f"{PLAN}returns/<int:sheet_id>/ledgers/", ledgers.into_return, name="return-ledgers"),
    path(f"{PLAN}surveys/", surveys.surveys, name="surveys"),
    path(f"{PLAN}surveys/add/", surveys.add, name="survey-add"),
    path(f"{PLAN}surveys/<int:survey>/", surveys.edit, name="survey"),
    path(f"{PLAN}data/", data.data, name="data"),
    path(f"{PLAN}data/reports/<str:name>", data.report, name="report"),
    path(f"{PLAN}data/<str:name>", data.download, name="download"),
    path(f"{PLAN}charts/<slug:kind>.<theme:theme>.<language:language>.svg", charts.chart, name="chart"),
    path(f"{PLAN}returns/<int:sheet_id>/excel/", uploads.excel, name="return-excel"),
    path(f"{PLAN}returns/<int:sheet_id>/excel/form.xlsx", uploads.form, name="return-form"),
    path(f"{PLAN}returns/<int:sheet_id>/excel/upload/", uploads.upload, name="return-upload-new"),
    path(f"{PLAN}returns/<int:sheet_id>/excel/<int:upload_id>/", uploads.dry_run, name="return-upload"),
    path(f"{PLAN}returns/<int:sheet_id>/excel/<int:upload_id>/confirm/", uploads.confirm, name="return-upload-confirm"),
]
