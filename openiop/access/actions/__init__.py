"""What `access` can do, one file a subject."""

from openiop.access.actions.invitations import accept_invitation, invite, withdraw
from openiop.access.actions.places import (
    add_closure,
    add_holidays,
    add_license,
    remove_closure,
    set_hours,
    update_closure,
    update_room,
)
from openiop.access.actions.policies import set_policy, withdraw_policy
from openiop.access.actions.privacy import (
    block_user,
    break_glass,
    declare_known,
    decline_block,
    lift_block,
    restrict,
    review_glass,
)
from openiop.access.actions.records import (
    close_record_at,
    issue_record,
    issue_records,
    open_record_at,
    rehome_records,
    revoke_link,
)
from openiop.access.actions.staff import (
    add_exclusion_check,
    add_supervision,
    add_training,
    end_role,
    log_supervision,
    mark_left,
    sign_out,
    take_back,
    update_credential,
    update_staff,
)

__all__ = [
    "accept_invitation", "add_closure", "add_exclusion_check", "add_holidays", "add_license",
    "add_supervision", "add_training", "block_user", "break_glass", "close_record_at",
    "declare_known", "decline_block", "end_role", "invite", "issue_record", "issue_records",
    "lift_block", "log_supervision", "mark_left", "open_record_at", "rehome_records",
    "remove_closure", "restrict", "review_glass", "revoke_link", "set_hours", "set_policy",
    "sign_out", "take_back", "update_closure", "update_credential", "update_room", "update_staff",
    "withdraw", "withdraw_policy",
]  # fmt: skip
