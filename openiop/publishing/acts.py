"""What can be done in `publishing`."""

from openiop.kernel.acts import Act

ACTS: list[Act] = []
