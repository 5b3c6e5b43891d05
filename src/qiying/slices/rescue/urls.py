"""Addresses of Industry 120."""

from django.urls import URLPattern

from qiying.slices.rescue.views.chief.urls import CHIEF_PATHS
from qiying.slices.rescue.views.keep.urls import KEEP_PATHS
from qiying.slices.rescue.views.phone.urls import PHONE_PATHS

app_name = "rescue"

urlpatterns: list[URLPattern] = [*PHONE_PATHS, *CHIEF_PATHS, *KEEP_PATHS]
