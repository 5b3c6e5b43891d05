from django.urls import path

from qiying.slices.class_issues.views import firm, issue, issues, thresholds

app_name = "class_issues"
urlpatterns = [
    path("", issues.list_page, name="list"),
    path("look/", issues.look, name="look"),
    path("thresholds/", thresholds.thresholds_page, name="thresholds"),
    path("<uuid:public_id>/", issue.issue_page, name="issue"),
    path("<uuid:public_id>/take/<slug:step>/", issue.take, name="take"),
    path("<uuid:public_id>/told/", firm.told, name="told"),
]
