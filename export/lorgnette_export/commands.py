"""What `lorgnette-export` can do, in the order in which its help names it."""

from lorgnette_export.conversion import convert, release
from lorgnette_export.measuring import benchmark, confusions, evaluate, sheets
from lorgnette_export.training import average, choose, curves, evidence, judge, train, words

COMMANDS = (
    train,
    curves,
    average,
    judge,
    evidence,
    words,
    choose,
    convert,
    release,
    evaluate,
    confusions,
    sheets,
    benchmark,
)
