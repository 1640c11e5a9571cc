"""Addresses of the schedule."""

from django.urls import path

from openiop.schedule.views import (
    appointments,
    arrival,
    attendance,
    busy,
    calendar,
    earlier,
    enrollment,
    feeds,
    forecast,
    joining,
    needs,
    one_to_ones,
    preferences,
    printing,
    reminders,
    rotation,
    sessions,
    timetable,
    topics,
    tracks,
    types,
    virtual,
    waiting,
    weeks,
    working,
)  # fmt: skip

app_name = "schedule"
GROUP = "desk/sessions/<int:session>/"
urlpatterns = [
    path(GROUP + "attendance/", attendance.attendance, name="attendance"),
    path(GROUP + "attendance/everyone/", attendance.everyone, name="everyone"),
    path(GROUP + "attendance/close/", attendance.close, name="close_attendance"),
    path(GROUP + "attendance/reopen/", attendance.reopen, name="reopen_attendance"),
    path(GROUP + "attendance/guests/", attendance.guests, name="guests"),
    path(GROUP + "attendance/add/", attendance.add, name="walk_in"),
    path(GROUP + "attendance/add/elsewhere/", attendance.add_elsewhere, name="walk_in_elsewhere"),
    path(GROUP + "attendance/<slug:number>/", attendance.person, name="mark"),
    path(GROUP + "attendance/<slug:number>/correct/", attendance.correct, name="correct"),
    path(GROUP + "sign-in/", printing.sign_in, name="sign_in"),
    path(GROUP + "downtime/", printing.downtime, name="downtime"),
    path(GROUP + "door/", arrival.door, name="door"),
    path("arrive/<str:token>/", arrival.arrive, name="arrive"),
    path("desk/weeks/", weeks.short, name="weeks"),
    path("desk/weeks.csv", weeks.export, name="weeks_csv"),
    path("desk/weeks/<slug:number>/", weeks.week, name="week"),
    path("desk/weeks/<slug:number>/elsewhere/", weeks.elsewhere, name="makeups_elsewhere"),
    path("desk/weeks/<slug:number>/decide/", weeks.decide, name="decide_week"),
    path("desk/weeks/<slug:number>/makeups/", weeks.book, name="book_makeup"),
    path("desk/weeks/<slug:number>/makeups/<int:session>/leave/", weeks.leave,
         name="leave_makeup"),
    path("desk/patients/<slug:number>/visits/", appointments.visits, name="visits"),
    path("desk/visits/<int:visit>/outcome/", appointments.attest, name="attest_visit"),
    path("desk/visits/<int:visit>/cancel/", appointments.cancel, name="cancel_visit"),
]  # fmt: skip
urlpatterns += [*tracks.urls, *sessions.urls, *enrollment.urls, *waiting.urls]
urlpatterns += forecast.urls
urlpatterns += [*joining.urls, *virtual.urls]
urlpatterns += one_to_ones.urls
urlpatterns += earlier.urls
urlpatterns += [*preferences.urls, *needs.urls]
urlpatterns += reminders.urls
urlpatterns += [*types.urls, *working.urls, *busy.urls]
urlpatterns += [*rotation.urls, *topics.urls]
urlpatterns += feeds.urls
urlpatterns += calendar.urls
urlpatterns += timetable.urls
