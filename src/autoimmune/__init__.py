"""What the lessons import. Arrows only point down:

    views        what a lesson shows, ready made, a module a subject
    widgets      results under the learner's hand, a folder a widget
    learning     the list of lessons, questions, and what a learner keeps
    methods      the statistics that are taught
    showing      results as sentences and as pictures, without widgets
    models       published models, one a file
    modelling    a model written once as text, and its readers
    data         published figures, each with its source, and tables of patients
"""
