"""Addresses of the register's pages."""

from django.urls import path

from qiying.slices.registry.views import (
    areas,
    calendars,
    firm,
    firms,
    imports,
    portfolios,
    sites,
    units,
)

app_name = "registry"
urlpatterns = [
    path("firms/", firms.firms, name="firms"),
    path("firms/assign/", firms.assign, name="firms-assign"),
    path("firms/new/", firm.firm_new, name="firm-new"),
    path("firms/<uuid:public_id>/", firm.firm, name="firm"),
    path("firms/<uuid:public_id>/place.geojson", firm.firm_place, name="firm-place"),
    path("firms/<uuid:public_id>/edit/", firm.firm_edit, name="firm-edit"),
    path("firms/<uuid:public_id>/retire/", firm.firm_retire, name="firm-retire"),
    path("firms/<uuid:public_id>/contacts/new/", firm.contact_new, name="contact-new"),
    path(
        "firms/<uuid:public_id>/contacts/<int:contact_id>/",
        firm.contact_edit,
        name="contact-edit",
    ),
    path("units/", units.units, name="units"),
    path("units/new/", units.unit_new, name="unit-new"),
    path("units/<int:unit_id>/", units.unit_edit, name="unit-edit"),
    path("units/<int:unit_id>/retire/", units.unit_retire, name="unit-retire"),
    path("zone/", units.zone, name="zone"),
    path("grids/", portfolios.grids, name="grids"),
    path("grids/<str:key>/assign/", portfolios.grid_assign, name="grid-assign"),
    path("areas/", areas.areas, name="areas"),
    path("areas/new/", areas.area_new, name="area-new"),
    path("areas/<int:area_id>/", areas.area, name="area"),
    path("areas/<int:area_id>/shape.geojson", areas.area_shape, name="area-shape"),
    path("areas/<int:area_id>/end/", areas.area_end, name="area-end"),
    path("sites/", sites.sites, name="sites"),
    path("sites/new/", sites.site_new, name="site-new"),
    path("sites/<int:site_id>/", sites.site, name="site"),
    path("sites/<int:site_id>/shape.geojson", sites.site_shape, name="site-shape"),
    path("sites/<int:site_id>/edit/", sites.site_edit, name="site-edit"),
    path("sites/<int:site_id>/retire/", sites.site_retire, name="site-retire"),
    path("calendar/", calendars.calendar, name="calendars"),
    path("calendar/<int:year>/", calendars.calendar, name="calendar"),
    path("calendar/<int:year>/edit/", calendars.calendar_edit, name="calendar-edit"),
    path("imports/", imports.batches, name="imports"),
    path("imports/new/", imports.batch_new, name="import-new"),
    path("imports/template/<str:kind>.csv", imports.template, name="import-template"),
    path("imports/<uuid:public_id>/", imports.batch, name="import"),
    path("imports/<uuid:public_id>/errors", imports.errors, name="import-errors"),
    path("imports/<uuid:public_id>/apply/", imports.batch_apply, name="import-apply"),
    path("imports/<uuid:public_id>/discard/", imports.batch_discard, name="import-discard"),
]
