"""Addresses of `access`: staff, network, rules, privacy."""

from django.urls import path, register_converter

from openiop.access.views import emergency, invitation, network, privacy, rules, screen, staff

app_name = "access"


class Addition:
    """What can be added to a staff file."""

    regex = "role|credential|supervision|training|exclusion"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Addition, "addition")

urlpatterns = [
    path("desk/staff/", staff.people, name="staff"),
    path("desk/staff/new/", staff.new, name="staff_new"),
    path("desk/staff/expiring/", staff.running_out, name="expiring"),
    path("desk/staff/<int:staff>/", staff.file, name="staff_file"),
    path("desk/staff/<int:staff>/may/", staff.allowed, name="staff_may"),
    path("desk/staff/<int:staff>/history/", staff.history, name="staff_history"),
    path("desk/staff/<int:staff>/edit/", staff.edit, name="staff_edit"),
    path("desk/staff/<int:staff>/invite/", staff.invite, name="staff_invite"),
    path("desk/staff/<int:staff>/leave/", staff.leave, name="staff_leave"),
    path("desk/staff/<int:staff>/back/", staff.back, name="staff_back"),
    path("desk/staff/<int:staff>/supervision/", staff.log, name="staff_log"),
    path("desk/staff/<int:staff>/add/<addition:what>/", staff.add, name="staff_add"),
    path("desk/staff/<int:staff>/roles/<int:role>/end/", staff.end_role, name="staff_role_end"),
    path(
        "desk/staff/<int:staff>/credentials/<int:credential>/",
        staff.credential,
        name="staff_credential",
    ),
    path("desk/network/", network.clinics, name="network"),
    path("desk/network/closures/new/", network.closure_new, name="closure_new"),
    path("desk/network/closures/<int:closure>/", network.closure_edit, name="closure"),
    path(
        "desk/network/closures/<int:closure>/remove/",
        network.closure_remove,
        name="closure_remove",
    ),
    path("desk/network/<str:code>/", network.clinic, name="place"),
    path("desk/network/<str:code>/hours/", network.hours, name="hours"),
    path("desk/network/<str:code>/licenses/new/", network.license_new, name="license_new"),
    path("desk/network/<str:code>/rooms/new/", network.room_new, name="room_new"),
    path("desk/network/<str:code>/rooms/<int:room>/", network.room_edit, name="room"),
    path("desk/network/<str:code>/holidays/<int:year>/", network.holidays, name="holidays"),
    path("desk/rules/", rules.rules, name="rules"),
    path("desk/rules/<str:key>/", rules.rule, name="rule"),
    path("desk/rules/<str:key>/ours/", rules.policy_new, name="policy_new"),
    path(
        "desk/rules/<str:key>/ours/<int:policy>/remove/", rules.policy_remove, name="policy_remove"
    ),
    path("desk/privacy/records/", privacy.record, name="audit_record"),
    path("desk/privacy/events/", privacy.everything, name="audit"),
    path("desk/privacy/access/", privacy.seek, name="keep_out"),
    path("desk/privacy/access/<str:number>/", privacy.blocks, name="record_access"),
    path("desk/privacy/access/<str:number>/restrict/", privacy.restriction, name="record_restrict"),
    path(
        "desk/privacy/access/<str:number>/blocks/<int:block>/lift/",
        privacy.lift,
        name="block_lift",
    ),
    path("desk/privacy/known/<int:known>/", privacy.answer, name="known_answer"),
    path("desk/privacy/emergency/", emergency.reviews, name="glass_reviews"),
    path("desk/privacy/emergency/<int:emergency>/", emergency.review, name="glass_review"),
    path("desk/emergency/", emergency.glass, name="glass"),
    path("desk/known/", screen.known, name="known"),
    path("desk/clinic/", screen.clinic, name="clinic"),
    path("desk/shared-screen/", screen.shared, name="shared_screen"),
    path("invitation/<str:token>/", invitation.accept, name="invitation"),
]
