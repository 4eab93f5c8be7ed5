"""The words in a picture: where they stand, what they are, and in which order they are read.

Two graphs of PP-OCRv6 do the seeing. The detector maps a picture to how likely each pixel belongs
to a line of text; `regions` makes tilted boxes of that, `crops` cuts them out, the recogniser says
which characters stand in each, and `layout` puts lines in the order in which a person reads them.
Boxes are (line, corner, x and y); corners run clockwise from where the line begins.
"""
