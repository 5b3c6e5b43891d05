"""Addresses of Industry 120."""

from django.urls import URLPattern

from qiying.slices.rescue.views.chief.urls import CHIEF_PATHS

app_name = "rescue"

urlpatterns: list[URLPattern] = [*CHIEF_PATHS]
