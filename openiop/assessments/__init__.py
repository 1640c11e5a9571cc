"""What a person answered and what a clinician found: questionnaires taken, safety tasks, needs,
the biopsychosocial assessment. Must not know tracks, sessions or payers."""
