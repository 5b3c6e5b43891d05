"""Addresses of the registers; hung up by ``rescue.urls``."""

from django.urls import URLPattern, path

from qiying.slices.rescue.views.keep import (
    contracts,
    inspections,
    intake,
    machines,
    providers,
    retrofits,
    roster,
    rules,
    settlements,
)

KEEP_PATHS: list[URLPattern] = [
    path("equipment/", machines.list_page, name="equipment"),
    path("equipment/new/", machines.new, name="machine-new"),
    path("equipment/import/", intake.import_page, name="machine-import"),
    path("equipment/import/template/", intake.template, name="machine-template"),
    path("equipment/<uuid:public_id>/", machines.machine_page, name="machine"),
    path("inspections/", inspections.list_page, name="inspections"),
    path("inspections/<int:inspection_id>/", inspections.inspection_page, name="inspection"),
    path("providers/", providers.list_page, name="providers"),
    path("providers/new/", contracts.new, name="provider-new"),
    path("stations/new/", contracts.new_station, name="station-new"),
    path("providers/<uuid:public_id>/", providers.provider_page, name="provider"),
    path("providers/<uuid:public_id>/prices/", contracts.prices, name="provider-prices"),
    path("providers/<uuid:public_id>/prices/table/", contracts.prices_table, name="prices-table"),
    path("roster/", roster.roster_page, name="roster"),
    path("roster/publish/", roster.publish, name="roster-publish"),
    path("roster/<int:shift_id>/drop/", roster.drop, name="shift-drop"),
    path("rules/", rules.rules_page, name="rules"),
    path("rules/edit/", rules.edit, name="rules-edit"),
    path("rules/own-matter/", rules.own_matter, name="rules-own-matter"),
    path("settlements/", settlements.list_page, name="settlements"),
    path("settlements/draw/", settlements.draw, name="settlement-draw"),
    path("settlements/<uuid:public_id>/", settlements.settlement_page, name="settlement"),
    path("retrofits/", retrofits.list_page, name="retrofits"),
    path("retrofits/new/", retrofits.new, name="retrofit-new"),
    path("retrofits/<uuid:public_id>/", retrofits.retrofit_page, name="retrofit"),
]
