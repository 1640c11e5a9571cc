"""Addresses of the public site: none names a condition."""

from django.urls import path

from openiop.website.views import articles, calling_back, clinics, machines, money, pages, start

app_name = "website"
urlpatterns = [
    path("", pages.home, name="home"),
    path("guide/<slug:key>/", pages.guide, name="guide"),
    path("faq/", pages.faq, name="faq"),
    path("right-for-me/", pages.right_for_me, name="right_for_me"),
    path("elsewhere/", pages.elsewhere, name="elsewhere"),
    path("clinics/", clinics.clinics, name="clinics"),
    path("clinics/<slug:code>/", clinics.clinic, name="clinic"),
    path("clinics/<slug:code>/rooms/", clinics.rooms, name="rooms"),
    path("photos/<int:photo>.webp", clinics.photo, name="photo"),
    path("areas/<slug:code>/", clinics.area, name="area"),
    path("insurance/", money.insurance, name="insurance"),
    path("cost/", money.cost, name="cost"),
    path("cost/estimate.pdf", money.estimate, name="estimate"),
    path("call-back/", calling_back.call_back, name="call_back"),
    path("start/", start.start, name="start"),
    path("start/times/", start.times, name="times"),
    path("start/choose/", start.choose, name="choose"),
    path("start/<uuid:key>/", start.book, name="book"),
    path("visit/<str:token>/", start.visit, name="visit"),
    path("visit/<str:token>/change/", start.change, name="change"),
    path("visit/<str:token>/appointment.ics", start.visit_file, name="visit_file"),
    path("articles/", articles.articles, name="articles"),
    path("articles/feed.xml", articles.feed, name="feed"),
    path("articles/<slug:slug>/", articles.article, name="article"),
    path("articles/<slug:slug>/ask/", articles.ask, name="ask"),
    path("asked/<str:token>/", articles.asked, name="asked"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("robots.txt", machines.robots, name="robots"),
]
