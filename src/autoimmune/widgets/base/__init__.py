"""What widgets share.

    controls      what is moved: Slider, Toggle with its options
    instrument    a widget made of a script and a style, and what a saved notebook keeps of it
    drawn         pictures that Python draws, with controls
    files         the scripts and styles as they travel in a notebook
"""
