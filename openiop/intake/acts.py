"""What can be done in `intake`."""

from openiop.kernel.acts import Act

ACTS: list[Act] = []
