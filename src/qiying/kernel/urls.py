from django.urls import path

from qiying.kernel import (
    health,
    live,
    pwa,
    style_guide,
    views,
    views_account,
    views_people,
    views_sign_in,
    views_webhooks,
)

app_name = "kernel"
urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views_sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", views_sign_in.send_code, name="send-code"),
    path("sign-in/enter/", views_sign_in.enter_code, name="enter-code"),
    path("sign-out/", views_sign_in.sign_out, name="sign-out"),
    path("sign-in/second/", views_sign_in.second, name="second"),
    path("sign-in/with/<int:provider_id>/", views_account.oidc_start, name="oidc-start"),
    path("sign-in/back/", views_account.oidc_back, name="oidc-back"),
    path("sign-in/invited/<str:secret>/", views_account.oidc_invited, name="oidc-invited"),
    path("account/security/", views_account.security, name="security"),
    path("account/second/<slug:what>/", views_account.second_set, name="second-set"),
    path("account/identities/<int:provider_id>/link/", views_account.oidc_link, name="oidc-link"),
    path(
        "account/identities/<int:link_id>/unlink/", views_account.oidc_unlink, name="oidc-unlink"
    ),
    path("account/calendar/", views_account.calendar, name="calendar"),
    path("calendar/<str:secret>.ics", views_account.calendar_feed, name="calendar-feed"),
    path("system/sign-in/", views_account.identities, name="identities"),
    path(
        "system/people/<int:person_id>/second/reset/",
        views_account.second_reset,
        name="second-reset",
    ),
    path("system/webhooks/", views_webhooks.webhook_list, name="webhooks"),
    path("system/webhooks/new/", views_webhooks.webhook_new, name="webhook-new"),
    path("system/webhooks/<uuid:public_id>/", views_webhooks.webhook, name="webhook"),
    path(
        "system/webhooks/<uuid:public_id>/edit/", views_webhooks.webhook_edit, name="webhook-edit"
    ),
    path(
        "system/webhooks/<uuid:public_id>/<slug:step>/",
        views_webhooks.webhook_step,
        name="webhook-step",
    ),
    path(
        "system/webhooks/<uuid:public_id>/deliveries/<uuid:delivery_id>/again/",
        views_webhooks.webhook_resend,
        name="webhook-resend",
    ),
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
