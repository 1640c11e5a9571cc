"""What is offered and who takes part: program, track, episode, enrollment, waiting list, level.

Must not know single sessions, attendance or notes."""
