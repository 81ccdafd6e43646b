"""Results as words and as pictures, without a widget.

    describe    sentences from the numbers of a run
    figures     pictures of a run
    atlas       the map of cells and signals
"""
