"""The quick recogniser: taught on strips of text that are drawn, for lines of Latin letters.

The recogniser of the text model knows 18,000 characters and takes its time for each line. What
fills screens and pages in most languages of Europe is a few hundred characters in a few hundred
looks; a network of a tenth of the work reads those as well, and says where it is not sure, so that
the large one is asked there.
"""
