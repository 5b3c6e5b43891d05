from django.urls import path

from qiying.slices.mediation.views import case, figures, listing, opening, papers, roster

app_name = "mediation"
urlpatterns = [
    path("", listing.list_page, name="list"),
    path("open/", opening.open_page, name="open"),
    path("figures/", figures.figures_page, name="figures"),
    path("mediators/", roster.roster_page, name="mediators"),
    path("mediators/new/", roster.new_page, name="new-mediator"),
    path("mediators/<int:mediator_id>/end/", roster.end, name="end-mediator"),
    path("<uuid:public_id>/", case.case_page, name="case"),
    path("<uuid:public_id>/take/<slug:step>/", case.take, name="take"),
    path("<uuid:public_id>/agreement.pdf", papers.agreement, name="agreement"),
    path("<uuid:public_id>/certificate.pdf", papers.certificate, name="certificate"),
]
