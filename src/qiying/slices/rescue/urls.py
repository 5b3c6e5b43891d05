"""Addresses of Industry 120."""

from django.urls import URLPattern

from qiying.slices.rescue.views.keep.urls import KEEP_PATHS

app_name = "rescue"

urlpatterns: list[URLPattern] = [*KEEP_PATHS]
