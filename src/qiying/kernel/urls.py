from django.urls import path

from qiying.kernel import health, live, pwa, style_guide, views, views_people

app_name = "kernel"
urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", views.send_code, name="send-code"),
    path("sign-in/enter/", views.enter_code, name="enter-code"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("account/", views.account, name="account"),
    path("notices/", views.notices, name="notifications"),
    path("notices/<int:notification_id>/", views.notice, name="notice"),
    path("files/<uuid:public_id>", views.file, name="file"),
    path("search/", views.find, name="search"),
    path("search/palette", views.palette, name="palette"),
    path("views/", views.saved_view, name="saved-view"),
    path("views/<int:view_id>/remove/", views.saved_view_remove, name="saved-view-remove"),
    path("people/", views_people.people_page, name="people"),
    path("people/new/", views_people.register_person, name="person-new"),
    path("people/grant/", views_people.grant, name="grant"),
    path("people/grants/<int:grant_id>/end/", views_people.end_grant, name="grant-end"),
    path("people/keys/", views_people.keys, name="keys"),
    path("people/keys/<int:key_id>/revoke/", views_people.revoke_key, name="key-revoke"),
    path("audit/", views.audit_page, name="audit"),
    path("style-guide/", style_guide.style_guide, name="style-guide"),
    path("events", live.events, name="events"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("sw.js", pwa.service_worker, name="service-worker"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
