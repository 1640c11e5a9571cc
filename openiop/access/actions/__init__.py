"""What `access` can do, one file a subject."""

from openiop.access.actions.records import (
    close_record_at,
    issue_record,
    issue_records,
    open_record_at,
    revoke_link,
)

__all__ = ["close_record_at", "issue_record", "issue_records", "open_record_at", "revoke_link"]
