"""Published figures, each with its source (`facts`), and patient-level data from other packages (`cohorts`)."""
