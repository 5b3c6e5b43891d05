from django.urls import path

from qiying.slices.indices.views import (
    boundaries,
    dictionary,
    editions,
    gaps,
    home,
    pairs,
    runs,
    sheets,
    values,
    zone,
)

app_name = "indices"
urlpatterns = [
    path("", home.home, name="home"),
    path("take-over/", home.take_over, name="take-over"),
    path("indicators/", dictionary.indicators, name="indicators"),
    path("indicators/new/", dictionary.new_indicator, name="new-indicator"),
    path("values/", values.deliveries, name="deliveries"),
    path("values/new/", values.new_delivery, name="new-delivery"),
    path("values/columns/", sheets.columns, name="columns"),
    path("values/<uuid:public_id>/", values.delivery, name="delivery"),
    path("boundaries/", boundaries.boundaries, name="boundaries"),
    path("boundaries/new/", boundaries.new_boundaries, name="new-boundaries"),
    path("boundaries/<uuid:public_id>/", boundaries.boundaries, name="boundaries-of"),
    path("zone/", zone.zone, name="zone"),
    path("zone/new/", values.new_zone_delivery, name="new-zone-delivery"),
    path("zone/<str:key>/", zone.line, name="zone-line"),
    path("zone/<str:key>/target/", zone.set_target, name="zone-target"),
    path("gaps/", gaps.gaps, name="gaps"),
    path("editions/new/", editions.new_edition, name="new-edition"),
    path("editions/<uuid:public_id>/", editions.edition, name="edition"),
    path("editions/<uuid:public_id>/run/", editions.run_edition, name="run-edition"),
    path("runs/<uuid:public_id>/", runs.run, name="run"),
    path("runs/<uuid:public_id>/release/", editions.release, name="release"),
    path("runs/<uuid:public_id>/what-if/", runs.what_if, name="what-if"),
    path("runs/<uuid:public_id>/report/", runs.report, name="report"),
    path("runs/<uuid:public_id>/pair/", pairs.pair, name="pair"),
    path("runs/<uuid:public_id>/<str:adcode>/", runs.unit, name="unit"),
]
