"""What the lessons import. Arrows only point down:

    explore                  widgets: results under the learner's hand
    describe, figures        the same results as sentences and as pictures
    models                   published models, one a file
    model, integrate, card, javascript, sbml    a model written once, and its readers

    facts                    published figures, each with its source
    cohorts                  patient-level data from other packages
    check                    the words in which an assignment's tests speak
"""
