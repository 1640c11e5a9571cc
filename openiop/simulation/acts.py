"""What can be done in `simulation`: by commands only."""

from openiop.kernel.acts import write

ACTS = [
    write("simulation.copy", (), "copy a lived past further back in time",
          entails=["patients.patient.write", "programs.track.write"]),
]  # fmt: skip
