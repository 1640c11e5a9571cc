"""What can be done in `assessments`."""

from openiop.kernel.acts import Act

ACTS: list[Act] = []
