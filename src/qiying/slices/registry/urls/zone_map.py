"""Addresses of the map."""

from django.urls import path

from qiying.slices.registry.views import zone_map

app_name = "map"
urlpatterns = [
    path("", zone_map.zone_map, name="page"),
    path("layers/<str:kind>.geojson", zone_map.layer, name="layer"),
]
