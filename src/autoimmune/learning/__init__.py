"""What the course asks and a learner keeps.

    lessons      the one list of lessons, with their minutes, words and points
    questions    the questions of the quizzes, and which return in a later lesson
    diary        predictions, and how sure a learner was
    kept         where a learner's records are: on their own machine
"""
