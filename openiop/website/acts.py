"""What can be done in `website`."""

from openiop.kernel.acts import Act

ACTS: list[Act] = []
