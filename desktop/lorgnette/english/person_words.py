"""The table of words for people: policeman -> police officer; and what is no word for a person."""

from lorgnette.english.lexicon import AGENTS, words_of


def _table(lines: str) -> dict[tuple[str, ...], tuple[str, str]]:
    """Return {words: (sex, what to say)} of lines such as "m policeman: police officer+".

    A line that ends in "+" holds for the plural in the same way; "man" there is "men".
    """
    table: dict[tuple[str, ...], tuple[str, str]] = {}
    for line in lines.strip().splitlines():
        sex, rest = line.split(maxsplit=1)
        before, after = (part.strip() for part in rest.split(":"))
        many = after.endswith("+")
        after = after.removesuffix("+")
        for words in before.split(", "):
            table[tuple(words.split())] = (sex.strip("-"), after)
            if many:
                table[tuple(plural(words).split())] = (sex.strip("-"), plural(after))
    return table


def plural(words: str) -> str:
    """Return the plural of the last of words."""
    if words.endswith("man"):
        return f"{words[:-3]}men"
    for one, many in (("person", "people"), ("child", "children"), ("wife", "wives")):
        if words.endswith(one):
            return words.removesuffix(one) + many
    if words.endswith("y") and words[-2:-1] not in "aeou":
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith(("s", "ch", "sh", "x")) else f"{words}s"


# What is replaced: words -> (sex, what to say).
NEUTRAL = _table("""
m man, guy, gentleman, dude, bloke, chap, male: person+
f woman, lady, gal, female: person+
m boy, lad: child+
f girl, lass: child+
m schoolboy, school boy: schoolchild+
f schoolgirl, school girl: schoolchild+
m baby boy: baby+
f baby girl: baby+
m toddler boy: toddler+
f toddler girl: toddler+
m teenage boy, teen boy, teenaged boy, teenage male: teenager+
f teenage girl, teen girl, teenaged girl, teenage female: teenager+
m ball boy, batboy, bat boy: ball kid+
f ball girl: ball kid+
m father, dad, daddy, papa: parent+
f mother, mom, mum, mommy, mama: parent+
m grandfather, grandpa, granddad: grandparent+
f grandmother, grandma, granny: grandparent+
m son: child+
f daughter: child+
m grandson: grandchild+
f granddaughter: grandchild+
m brother: sibling+
f sister: sibling+
m uncle, nephew: relative+
f aunt, niece: relative+
- husband and wife: married couple
- his or her, her or his: their
- he or she, she or he: they
- him or her, her or him: them
- himself or herself: themself
m husband: spouse+
f wife: spouse+
m boyfriend: partner+
f girlfriend: partner+
m policeman, police man: police officer+
f policewoman, police woman, police lady: police officer+
m fireman, fire man: firefighter+
f firewoman: firefighter+
m businessman, business man: businessperson+
f businesswoman, business woman: businessperson+
m salesman, sales man: salesperson+
f saleswoman: salesperson+
m cameraman, camera man: camera operator+
m mailman, postman, mail man: mail carrier+
m fisherman, fisher man: fisher+
m workman: worker+
m repairman: repairer+
m craftsman: craftsperson+
m serviceman: service member+
f servicewoman: service member+
m seaman: sailor+
m horseman: rider+
f horsewoman: rider+
m sportsman: athlete+
f sportswoman: athlete+
m baseman: base player+
m batsman: batter+
m crewman: crew member+
m linesman: line judge+
m doorman: door attendant+
m stuntman: stunt performer+
f waitress: server+
m waiter: server+
f actress: actor+
f stewardess: flight attendant+
f hostess: host+
f seamstress: sewer+
""")
LONGEST = max(map(len, NEUTRAL))

# Costumes, proper names and things in which the word is no word for a person.
KEPT = {
    tuple(words.split())
    for words in (
        "gingerbread man",
        "snow man",
        "iron man",
        "spider man",
        "super man",
        "bat man",
        "pac man",
        "best man",
        "michelin man",
        "marshmallow man",
        "wonder woman",
        "bat woman",
        "cat woman",
        "boy scout",
        "boy scouts",
        "girl scout",
        "girl scouts",
        "lady bug",
        "lady bugs",
        "lady liberty",
        "cow boy",
        "cow boys",
        "cow girl",
        "play boy",
        "game boy",
        "man made",
        "man hole",
        "man cave",
        "one man band",
        "beach boys",
    )
}

# The neutral words themselves, one -> many.
HEADS = {
    one: plural(one)
    for one in words_of(
        "person child parent sibling grandparent grandchild teenager toddler baby partner relative "
        "server businessperson schoolchild firefighter fisher adult kid"
    )
}
SINGULAR = {many: one for one, many in HEADS.items()}
# Words for persons that are not replaced, and that a pronoun may stand for.
OTHER_PERSONS = words_of(
    "couple crowd group cowboy cowgirl clown bride groom bridesmaid santa king queen prince "
    "princess family friend friends owner man woman boy girl lady snowman someone somebody "
    "mannequin statue human humans jockey trainer kids babies adults teenagers biker batman "
    "superman spiderman spider-man daredevil performer guard monk nun priest"
) | (AGENTS - {"boxer", "rock", "ballet", "ice", "street", "water", "hockey", "professional"})
# Words for a person that are one word.
FORMS = {words[0] for words in NEUTRAL if len(words) == 1}
