"""A WordNet of a dozen nouns, in WordNet's own files."""

from pathlib import Path

import pytest

from lorgnette_export.evidence.things import WordNet

# node: lemmas, nodes above it
_NODES = {
    "00000001": (["entity"], []),
    "00015388": (["animal"], ["00000001"]),
    "02084071": (["dog"], ["00015388"]),
    "02085374": (["toy_dog", "toy"], ["02084071"]),
    "02088364": (["beagle"], ["02084071"]),
    "02131653": (["bear"], ["00015388"]),
    "02442845": (["otter"], ["00015388"]),
    "01855672": (["goose"], ["00015388"]),
    "03964744": (["plaything", "toy"], ["00000001"]),
    "04399382": (["teddy", "teddy_bear"], ["03964744"]),
    "02828884": (["bench"], ["00000001"]),
}
_FIRST = {"toy": "03964744"}  # means the plaything first of all


@pytest.fixture(scope="session")
def wordnet(tmp_path_factory: pytest.TempPathFactory) -> WordNet:
    """Return it, read from files laid out as wndb(5WN) tells."""
    folder: Path = tmp_path_factory.mktemp("wordnet")
    data, senses = ["  1 a licence stands here"], {}
    for node, (lemmas, above) in _NODES.items():
        words = " ".join(f"{lemma} 0" for lemma in lemmas)
        pointers = " ".join(f"@ {up} n 0000" for up in above)
        data.append(f"{node} 03 n {len(lemmas):02x} {words} {len(above):03} {pointers} | a gloss  ")
        for lemma in lemmas:
            senses.setdefault(lemma, []).append(node)
    index = ["  1 a licence stands here"]
    for lemma, nodes in senses.items():
        nodes.sort(key=lambda node, lemma=lemma: node != _FIRST.get(lemma))
        index.append(f"{lemma} n {len(nodes)} 1 @ {len(nodes)} 0 {' '.join(nodes)}  ")
    (folder / "data.noun").write_text("\n".join(data) + "\n")
    (folder / "index.noun").write_text("\n".join(index) + "\n")
    (folder / "noun.exc").write_text("geese goose\n")
    return WordNet(folder)
