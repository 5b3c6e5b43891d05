from django.urls import path

from qiying.slices.mandate.views import decisions, editions, here, register, transfers

app_name = "mandate"
urlpatterns = [
    path("", register.register_page, name="register"),
    path("here/", here.here, name="here"),
    path("matters/new/", register.new_page, name="new-matter"),
    path("matters/<str:code>/", register.matter_page, name="matter"),
    path("matters/<str:code>/edit/", register.edit_page, name="edit-matter"),
    path("matters/<str:code>/withdraw/<int:version_id>/", register.withdraw, name="withdraw"),
    path("editions/", editions.editions_page, name="editions"),
    path("editions/publish/", editions.publish_page, name="publish"),
    path("delegations/", transfers.delegations_page, name="delegations"),
    path("delegations/new/", transfers.new_delegation, name="new-delegation"),
    path("delegations/<int:delegation_id>/end/", transfers.end_delegation, name="end-delegation"),
    path("handovers/", transfers.handovers_page, name="handovers"),
    path("handovers/new/", transfers.new_handover, name="new-handover"),
    path("handovers/<str:number>/", transfers.handover_page, name="handover"),
    path("handovers/<str:number>/step/", transfers.step_handover, name="step-handover"),
    path("handovers/<str:number>/count/", transfers.count_list, name="count-list"),
    path("decisions/", decisions.list_page, name="decisions"),
    path("decisions/<uuid:public_id>/", decisions.decision_page, name="decision"),
    path("decisions/<uuid:public_id>/replay/", decisions.replay, name="replay"),
    path("precedents/", decisions.precedents_page, name="precedents"),
    path("precedents/new/", decisions.new_precedent, name="new-precedent"),
    path("check/", transfers.lint_page, name="lint"),
]
