"""Results under the learner's hand, a folder a widget.

    explorer      controls and a picture of a model that answers at display rate
    predict       what a learner expects, before the picture opens
    quiz          questions that answer back
    people        a test on 1,000 people
    criteria      a record against classification criteria
    tissue        cells that move by rules: a cartoon of tolerance and its loss
    self_check    how sure a learner is of a lesson's objectives
    base          what they share
"""
