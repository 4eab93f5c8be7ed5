"""Whether a caption names the thing that a photo of ImageNet stands for."""

import re
from pathlib import Path

from lorgnette_export.evidence.things import WordNet, classes, said

WORDNET = Path("/usr/share/wordnet")
MOST_CLASSES = 130  # under a word that still names the thing: "dog" for a beagle, not "animal"
_NODE = re.compile(r"(?:^|_)(n\d{8})_")


def node_of(file: Path) -> str | None:
    """Return the node of WordNet that ImageNet's name for a photo holds."""
    found = _NODE.search(file.name)
    return found[1] if found else None


class Names:
    """Which words name a thing."""

    def __init__(self, wordnet: WordNet) -> None:
        self._wordnet = wordnet
        self._covered: dict[str, int] = {}
        for node, _ in classes():
            for above in wordnet.ancestors(node):
                self._covered[above] = self._covered.get(above, 0) + 1

    def of(self, node: str) -> set[str]:
        """Return the words that name node, lower case and singular.

        They are WordNet's words for it, the last word of each, and WordNet's words for the nodes
        above it under which at most MOST_CLASSES of ImageNet's thousand classes are.
        """
        names = {lemma.lower().split()[-1] for lemma in self._wordnet.lemmas[node]}
        for above in self._wordnet.ancestors(node):
            if self._covered.get(above, 0) <= MOST_CLASSES:
                names |= {lemma.lower() for lemma in self._wordnet.lemmas[above]}
        return names

    def named(self, caption: str, node: str) -> bool:
        """Tell whether caption names node."""
        return bool(said(caption, self._wordnet, self.of(node)))
