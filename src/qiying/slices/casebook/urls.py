from django.urls import path

from qiying.slices.casebook.views import entries, library, selections, work

app_name = "casebook"
urlpatterns = [
    path("", library.library, name="library"),
    path("work/", work.work, name="work"),
    path("nominate/", work.nominate, name="nominate"),
    path("cases/<uuid:public_id>/", library.case_page, name="case"),
    path("cases/<uuid:public_id>/write/", work.write, name="write"),
    path("cases/<uuid:public_id>/reason/", work.reason, name="reason"),
    path("cases/<uuid:public_id>/step/", work.step, name="step"),
    path("cases/<uuid:public_id>/reviewer/", work.assign, name="assign"),
    path("cases/<uuid:public_id>/review/", work.review, name="review"),
    path("cite/<uuid:public_id>/", work.cite, name="cite"),
    path("cite-class/<uuid:public_id>/", work.cite_for_class, name="cite-class"),
    path("selections/", selections.selections, name="selections"),
    path("selections/new/", selections.prepare, name="prepare"),
    path("selections/<uuid:public_id>/", selections.selection_page, name="selection"),
    path("selections/<uuid:public_id>/step/", selections.step, name="selection-step"),
    path("selections/<uuid:public_id>/seat/", selections.seat, name="seat"),
    path("selections/<uuid:public_id>/choose/", selections.choose, name="choose"),
    path("selections/<uuid:public_id>/object/", selections.raise_objection, name="object"),
    path("selections/<uuid:public_id>/list.pdf", selections.print_list, name="print"),
    path("selections/<uuid:public_id>/enter/", entries.enter, name="enter"),
    path("objections/<uuid:public_id>/settle/", selections.settle, name="settle"),
    path("entries/<uuid:public_id>/", entries.entry_page, name="entry"),
    path("entries/<uuid:public_id>/edit/", entries.edit_entry, name="entry-edit"),
    path("entries/<uuid:public_id>/step/", entries.step, name="entry-step"),
    path("entries/<uuid:public_id>/reading/", entries.reading, name="reading"),
    path("entries/<uuid:public_id>/recuse/", entries.recuse, name="recuse"),
]
