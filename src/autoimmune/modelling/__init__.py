"""A model written once as text, and read many ways.

    model         equations, parameters and start values, each with its unit and source
    rules         a model that is no differential equation: numbers, and what is computed from them
    integrate     its runs: one, or a whole cohort at once
    analysis      its steady states, folds and thresholds
    population    people who differ in its parameters
    card          what it is, where it comes from and what it cannot say, as a page
    javascript    the same rates for the browser
    sbml          the same model for other programs
"""
