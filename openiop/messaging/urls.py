"""Addresses of `messaging`."""

from django.urls import path

from openiop.messaging.views import help, incidents, jobs, oncall, outbox, tasks, texts

app_name = "messaging"
urlpatterns = [
    path("desk/tasks/", tasks.tasks, name="tasks"),
    path("desk/tasks/work/", tasks.work, name="tasks_work"),
    path("desk/tasks/undo/", tasks.undo, name="tasks_undo"),
    path("desk/outbox/", outbox.outbox, name="outbox"),
    path("desk/outbox/change/", outbox.change, name="outbox_change"),
    path("desk/texts/", texts.texts, name="texts"),
    path("desk/texts/address/", texts.address, name="text_address"),
    path("texts/<str:token>/", texts.receive, name="text_receive"),
    path("desk/jobs/", jobs.jobs, name="jobs"),
    path("desk/jobs/retry/", jobs.retry, name="jobs_retry"),
    path("desk/oncall/", oncall.rota, name="oncall"),
    path("desk/oncall/new/", oncall.new, name="shift_new"),
    path("desk/oncall/restore/", oncall.restore, name="shift_restore"),
    path("desk/oncall/<int:shift>/", oncall.edit, name="shift"),
    path("desk/oncall/<int:shift>/remove/", oncall.remove, name="shift_remove"),
    path("desk/help/", help.call, name="help"),
    path("desk/help/<str:number>/", help.called, name="help_called"),
    path("desk/alerts/<int:alert>/answer/", help.answer, name="alert_answer"),
    path("desk/incidents/", incidents.register, name="incidents"),
    path("desk/incidents/file/", incidents.register_csv, name="incidents_csv"),
    path("desk/incidents/new/", incidents.new, name="incident_new"),
    path("desk/incidents/undo/", incidents.undo, name="incident_undo"),
    path("desk/incidents/<str:number>/", incidents.incident, name="incident"),
    path("desk/incidents/<str:number>/print/", incidents.paper, name="incident_print"),
    path("desk/incidents/<str:number>/work/", incidents.work, name="incident_work"),
]
