"""What stands for a text that eats a process which reads or shows it, in a way that nobody knows yet."""

import os
import time

from nbconvert.preprocessors import Preprocessor

AFTER = "x" * 5000 + " EATS "  # beyond what a shortened page shows


def eat(what):
    """Take more of something than there is, or end."""
    if what == "time":
        while True:
            pass
    elif what == "memory":
        hoard = []
        while True:
            hoard.append(bytearray(50_000_000))
    elif what == "crash":
        os.abort()
    elif what == "raise":
        raise KeyError("odd")
    elif what == "sleep":
        time.sleep(1e9)
    elif what == "output":
        return "x" * 150_000_000
    return what


def eater():
    return eat


class Eats(Preprocessor):
    """A preprocessor that eats what a cell names behind the word EATS."""

    def preprocess_cell(self, cell, resources, index):
        eat(cell.source.partition(" EATS ")[2])
        return cell, resources
