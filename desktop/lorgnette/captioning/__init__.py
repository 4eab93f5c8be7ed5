"""From a picture to a sentence, without files written and without a window.

The axes that shapes are written in:

- image: pictures that go through the encoder together;
- position: cells of the CNN's grid, row by row;
- channel: numbers a position;
- hidden: all that the RNN carries from word to word, flattened to one vector;
- beam: hypotheses that are open at once for one image;
- vocabulary: words that the RNN can say.
"""
