"""What other rooms may do with assessments."""

from openiop.assessments.actions.responses import Taken, record_response

__all__ = ["Taken", "record_response"]
