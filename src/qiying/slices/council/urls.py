from django.urls import path

from qiying.slices.council.views import lists, making, records

app_name = "council"
urlpatterns = [
    path("", lists.home, name="home"),
    path("topics/", lists.topics, name="topics"),
    path("topics/new/", making.propose, name="propose"),
    path("topics/<uuid:public_id>/", records.topic, name="topic"),
    path("topics/<uuid:public_id>/take/<slug:step>/", records.take_topic, name="take-topic"),
    path("meetings/", lists.meetings, name="meetings"),
    path("meetings/new/", making.plan, name="plan"),
    path("meetings/<uuid:public_id>/", records.meeting, name="meeting"),
    path(
        "meetings/<uuid:public_id>/take/<slug:meeting_step>/",
        records.take_meeting,
        name="take-meeting",
    ),
    path("suggestions/", lists.suggestions, name="suggestions"),
    path("suggestions/<uuid:public_id>/", records.suggestion, name="suggestion"),
    path(
        "suggestions/<uuid:public_id>/take/<slug:suggestion_step>/",
        records.take_suggestion,
        name="take-suggestion",
    ),
    path("members/", making.members, name="members"),
    path("members/new/", making.new_member, name="new-member"),
    path("members/<int:member_id>/end/", making.end_term, name="end-term"),
]
