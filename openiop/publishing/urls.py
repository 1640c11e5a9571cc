"""Addresses of `publishing`."""

from django.urls import path

from openiop.publishing.views import articles, clinics, pages, questions

app_name = "publishing"
urlpatterns = [
    path("desk/articles/", articles.article_list, name="articles"),
    path("desk/articles/new/", articles.article_new, name="article_new"),
    path("desk/articles/<int:article_id>/", articles.article_page, name="article"),
    path("desk/articles/<int:article_id>/edit/", articles.article_edit, name="article_edit"),
    path("desk/articles/<int:article_id>/ask/", articles.ask_review, name="article_ask"),
    path("desk/articles/<int:article_id>/review/", articles.review, name="article_review"),
    path("desk/articles/<int:article_id>/publish/", articles.publish, name="article_publish"),
    path("desk/questions/", questions.question_list, name="questions"),
    path("desk/questions/<int:question_id>/", questions.question_page, name="question"),
    path("desk/questions/<int:question_id>/show/", questions.show, name="question_show"),
    path("desk/questions/<int:question_id>/decline/", questions.decline, name="question_decline"),
    path("desk/questions/<int:question_id>/answer/", questions.answer, name="question_answer"),
    path("desk/questions/<int:question_id>/close/", questions.close, name="question_close"),
    path("desk/answers/<int:answer_id>/remove/", questions.remove, name="answer_remove"),
    path("desk/site/", pages.page_list, name="pages"),
    path("desk/site/looks/", clinics.looked, name="looks"),
    path("desk/site/clinics/", clinics.clinic_list, name="clinics"),
    path("desk/site/clinics/<str:code>/", clinics.clinic_page, name="clinic"),
    path("desk/site/clinics/<str:code>/photo/", clinics.photo, name="clinic_photo"),
    path("desk/site/<slug:key>/", pages.page_edit, name="page"),
]
