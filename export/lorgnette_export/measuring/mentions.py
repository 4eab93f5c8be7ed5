"""Which things a caption says: the table of CHAIR, and words for people and for animals.

The table is that of Rohrbach et al. 2018, "Object Hallucination in Image Captioning": the eighty
kinds of MS-COCO, each with the words that people use for it, and some compounds that say another
thing than their parts do. Ours differs where theirs takes a word for a thing that it does not
say: an orange shirt is no fruit, and train tracks, a jet ski and a flower bed are no train,
aeroplane, ski and bed.
"""

import itertools
from collections.abc import Container, Iterator, Sequence

from lorgnette.english.lexicon import words_of

# A kind as MS-COCO calls it, and other words for it; their plurals are made below.
_TABLE = """
person: man woman boy girl child kid baby adult teenager student lady gentleman guy male female
  mother father sister bride groom grandchild chef baker worker coworker passenger policeman cop
  officer soldier serviceman politician doctor patient cowboy rider biker bicyclist driver pitcher
  player skier snowboarder skater skateboarder walker hunter camper traveler foreigner caller
  drinker shopper buyer offender trespasser thief villager
bicycle: bike unicycle minibike trike
car: automobile van minivan sedan suv hatchback cab taxi taxicab jeep coupe limo
motorcycle: motorbike motor_bike motor_cycle scooter moped
airplane: plane air_plane aircraft jet jetliner airbus biplane monoplane seaplane
bus: minibus trolley
train: locomotive tramway caboose
truck: pickup lorry hauler firetruck
boat: ship liner sailboat motorboat powerboat speedboat rowboat paddleboat lifeboat tugboat
  steamboat riverboat houseboat ferryboat ferry dinghy canoe kayak skiff yacht catamaran pontoon
  trawler schooner barge freighter steamship battleship vessel watercraft sailboard
traffic_light: traffic_signal street_light streetlight stop_light stoplight
fire_hydrant: hydrant
stop_sign:
parking_meter:
bench: pew
bird: ostrich owl seagull gull goose gosling duck mallard swan parakeet parrot macaw cockatoo
  cockatiel lorikeet falcon osprey buzzard vulture condor robin finch sparrow chickadee warbler
  oriole bluebird blackbird bluejay magpie cowbird woodpecker kingfisher hummingbird songbird
  pigeon crow raven quail pheasant rooster turkey fowl peacock peafowl pelican heron egret
  flamingo cormorant loon puffin sandpiper willet seabird shorebird waterbird waterfowl
cat: kitten feline tabby
dog: puppy pup doggie doggy canine mutt hound beagle chihuahua schnauzer dachshund rottweiler
  pitbull collie pug terrier poodle labrador doberman spaniel cocker bulldog sheepdog weimaraner
  corgi greyhound whippet retriever brindle husky
horse: pony colt foal mare stallion racehorse equine palomino mustang clydesdale bronc bronco
sheep: lamb ram ewe goat
cow: cattle ox calf bull heifer holstein buffalo bison zebu
elephant:
bear: panda
zebra:
giraffe:
backpack: knapsack
umbrella:
handbag: purse wallet briefcase
tie: bow bow_tie
suitcase: suit_case luggage
frisbee:
skis: ski
snowboard:
sports_ball: ball
kite:
baseball_bat:
baseball_glove:
skateboard:
surfboard: longboard shortboard skimboard wakeboard
tennis_racket: racket
bottle:
wine_glass:
cup:
fork:
knife: pocketknife
spoon:
bowl: container
banana:
apple:
sandwich: burger hamburger cheeseburger sub
orange:
broccoli:
carrot:
hot_dog:
pizza:
donut: doughnut bagel
cake: cheesecake cupcake shortcake coffeecake pancake
chair: seat stool
couch: sofa loveseat settee futon recliner chesterfield
potted_plant: houseplant
bed:
dining_table: table desk
toilet: urinal commode lavatory potty
tv: television monitor
laptop: computer laptop_computer notebook netbook macbook
mouse:
remote:
keyboard:
cell_phone: phone cellphone mobile_phone telephone smartphone iphone
microwave:
oven: stove stovetop stove_top_oven
toaster:
sink:
refrigerator: fridge freezer
book:
clock:
vase:
scissors:
teddy_bear: teddybear
hair_drier: hairdryer hair_dryer
toothbrush:
"""

# Compounds that say no kind, or the kind after the colon and not that of their words.
_COMPOUNDS = """
home_plate
toilet_seat: toilet
passenger_train: train
passenger_jet: airplane
baby_animal adult_animal baby_cub adult_cub
train_track train_station train_platform railway_station
bus_stop bus_station
jet_ski
ski_lift ski_slope ski_resort ski_area ski_run ski_pole
flower_bed river_bed truck_bed
bear_cub: bear
book_shelf book_case
"""
_YOUNG = ("baby", "adult")  # of an animal, no person
_ANIMALS = ("bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe")

_IRREGULAR = {
    "man": "men", "woman": "women", "child": "children", "grandchild": "grandchildren",
    "gentleman": "gentlemen", "policeman": "policemen", "serviceman": "servicemen",
    "person": "people", "goose": "geese", "ox": "oxen", "calf": "calves", "mouse": "mice",
    "knife": "knives", "thief": "thieves",
}  # fmt: skip

PEOPLE_WORDS = words_of(
    "person people persons man men woman women boy boys girl girls child children kid kids baby "
    "babies toddler toddlers infant infants teenager teenagers teen teens adult adults lady "
    "ladies gentleman gentlemen guy guys male males female females someone somebody everyone "
    "everybody anyone he she him his her hers himself herself crowd crowds family "
    "families audience spectator spectators onlooker onlookers bystander bystanders pedestrian "
    "pedestrians passerby tourist tourists visitor visitors traveler travelers traveller "
    "travellers passenger passengers commuter commuters villager villagers hiker hikers climber "
    "climbers mountaineer mountaineers walker walkers runner runners jogger joggers skier skiers "
    "snowboarder snowboarders skater skaters skateboarder skateboarders surfer surfers "
    "windsurfer swimmer swimmers diver divers bather bathers sunbather sunbathers "
    "beachgoer beachgoers rower rowers kayaker kayakers canoeist paddler paddlers sailor sailors "
    "fisherman fishermen fisher fishers angler anglers hunter hunters camper campers cyclist "
    "cyclists bicyclist bicyclists biker bikers motorcyclist motorcyclists rider riders driver "
    "drivers pilot pilots racer racers player players batter golfer golfers wrestler wrestlers "
    "gymnast gymnasts athlete athletes cheerleader cheerleaders goalie catcher referee umpire "
    "coach hitter fencer fencers rollerblader rollerbladers waterskier wakeboarder boarder "
    "backpacker backpackers trekker trekkers clown clowns cop cops individual individuals dancer "
    "dancers singer singers musician musicians "
    "guitarist drummer performer performers artist artists photographer photographers worker "
    "workers farmer farmers policeman policemen officer officers soldier soldiers firefighter "
    "firefighters fireman firemen guardsman cowboy cowboys chef chefs baker vendor vendors "
    "shopper shoppers customer customers waiter waitress student students teacher doctor nurse "
    "bride groom mother mothers father fathers mom dad parent parents brother brothers sister "
    "sisters son daughter husband wife friend friends grandmother grandfather"
)

ANIMAL_WORDS = words_of(
    "animal animals dog dogs puppy puppies pup pups hound hounds mutt terrier retriever labrador "
    "collie poodle spaniel bulldog beagle husky greyhound greyhounds cat cats kitten kittens "
    "kitty horse horses pony ponies foal foals stallion cow cows calf calves cattle ox oxen bull "
    "bulls buffalo bison sheep lamb lambs goat goats pig pigs piglet piglets boar bird birds duck "
    "ducks duckling ducklings goose geese gosling goslings swan swans hen hens chicken chickens "
    "rooster roosters turkey turkeys seagull seagulls gull gulls pelican pelicans heron herons "
    "egret egrets stork storks flamingo flamingos pigeon pigeons dove doves sparrow sparrows crow "
    "crows raven ravens eagle eagles hawk hawks falcon falcons vulture vultures owl owls parrot "
    "parrots penguin penguins peacock peacocks ostrich ostriches hummingbird elephant elephants "
    "giraffe giraffes zebra zebras lion lions lioness tiger tigers leopard leopards cheetah "
    "cheetahs jaguar bear bears cub cubs panda pandas koala wolf wolves fox foxes coyote deer "
    "fawn elk moose antelope antelopes gazelle gazelles camel camels llama llamas alpaca donkey "
    "donkeys mule mules rabbit rabbits bunny bunnies hare squirrel squirrels mouse mice rat rats "
    "hamster beaver otter otters monkey monkeys ape apes gorilla gorillas chimpanzee orangutan "
    "baboon kangaroo kangaroos wallaby rhino rhinos rhinoceros hippo hippos hippopotamus "
    "crocodile alligator lizard lizards snake snakes turtle turtles tortoise frog frogs fish "
    "fishes shark sharks whale whales dolphin dolphins seal seals jellyfish crab crabs lobster "
    "insect insects butterfly butterflies bee bees spider spiders herd flock"
)

# Compounds that say no living being although a word of one stands in them.
_NO_BEINGS = frozenset(
    tuple(compound.split("_"))
    for compound in words_of(
        "hot_dog hot_dogs teddy_bear teddy_bears stuffed_animal stuffed_animals stuffed_bear "
        "computer_mouse bird_house bird_bath bird_feeder dog_house fish_market fish_tank "
        "family_room family_home family_house camper_van driver_seat visitor_center "
        "visitors_center visitor_sign pedestrian_bridge pedestrian_bridges pedestrian_crossing "
        "pedestrian_street pedestrian_path passenger_train passenger_trains passenger_jet "
        "passenger_plane passenger_planes passenger_car passenger_cars passenger_seat "
        "passenger_ship passenger_ferry passenger_boat passenger_boats passenger_bus "
        "passenger_aircraft passenger_vehicle commuter_train commuter_bus "
        "baby_carriage baby_stroller baby_crib baby_bottle"
    )
)
# Said of animals as well: they tell of people only where no animal stands beside them.
_PRONOUNS = words_of("he she him his her hers himself herself")
_OF_ANY_AGE = words_of(
    "baby babies adult adults mother mothers male males female females family families"
)
_BETWEEN = words_of("and a the his her its their of white brown black grey gray small")
# "A couple stands on a beach", but "a couple of boats": people only if no "of" follows.
_GROUPS = words_of("couple couples group groups team teams")
_LIKENESSES = words_of(
    "statue statues sculpture sculptures figurine figurines painting paintings mural murals "
    "carving carvings drawing drawings portrait portraits poster posters bust "
    "shape shadow"
)
_BESIDE = words_of("near next beside by in behind with at")  # what follows is none of the statue
# "an orange and white cat", "dressed in orange": the words beside a fruit are others.
_AFTER_FRUIT = words_of(
    "on in at with of next beside near by from that which is are sits sitting lying being cut "
    "under over behind between to for inside"
)
_BEFORE_COLOUR = words_of("in and bright wearing dark light white red black blue yellow")


def _plurals(word: str) -> tuple[str, ...]:
    if word in _IRREGULAR:
        return (_IRREGULAR[word],)
    if word.endswith("man"):
        return (word[:-3] + "men",)
    if word.endswith(("s", "x", "ch", "sh")):
        return (word + "es",)
    if word.endswith("y") and word[-2] not in "aeiou":
        return (word[:-1] + "ies",)
    return (word + "s",)


def _forms(name: str) -> Iterator[tuple[str, ...]]:
    *before, last = name.split("_")
    for form in (last, *_plurals(last)):
        yield (*before, form)


def _read() -> dict[tuple[str, ...], str]:
    kinds: dict[tuple[str, ...], str] = {}
    for line in _TABLE.replace("\n  ", " ").strip().splitlines():
        kind, _, others = line.partition(":")
        for name in (kind, *others.split()):
            kinds |= dict.fromkeys(_forms(name), kind.replace("_", " "))
    for line in _COMPOUNDS.strip().splitlines():
        names, _, kind = line.partition(":")
        for name in names.split():
            kinds |= dict.fromkeys(_forms(name), kind.strip())
    for age in _YOUNG:
        for animal in _ANIMALS:
            kinds |= {(age, *form): animal for form in _forms(animal)}
    return kinds


_KINDS = _read()
_LONGEST = max(map(len, _KINDS))
KINDS = frozenset(_KINDS.values()) - {""}


def each(words: Sequence[str]) -> list[tuple[str, str]]:
    """Return each word, or words, that say a thing and its kind, in order; words are lower case."""
    found = []
    at = 0
    while at < len(words):
        for length in range(_LONGEST, 0, -1):
            part = tuple(words[at : at + length])
            if len(part) == length and part in _KINDS:
                break
        else:
            at += 1
            continue
        kind = _KINDS[part]
        if kind and not (part == ("orange",) and _is_colour(words, at)):
            found.append((" ".join(part), kind))
        at += length
    if any(kind == "toilet" for _, kind in found):
        found = [(word, kind) for word, kind in found if word not in {"seat", "seats"}]
    return found


def things_said(words: Sequence[str]) -> set[str]:
    """Return the kinds of MS-COCO that words say; words are lower case."""
    return {kind for _, kind in each(words)}


def people_said(words: Sequence[str]) -> set[str]:
    """Return the words that say that somebody is there; words are lower case."""
    found = _beings(words, PEOPLE_WORDS)
    if any(word in ANIMAL_WORDS for word in words):
        found -= _PRONOUNS
    found -= {
        word
        for word in found & _OF_ANY_AGE
        if all(_is_animals(words, at) for at, other in enumerate(words) if other == word)
    }
    return found | {
        word
        for at, word in enumerate(words)
        if word in _GROUPS and [*words[at + 1 : at + 2]] != ["of"]
    }


def animals_said(words: Sequence[str]) -> set[str]:
    """Return the words that say that an animal is there; words are lower case."""
    return _beings(words, ANIMAL_WORDS)


def _beings(words: Sequence[str], kind: Container[str]) -> set[str]:
    return {
        word
        for at, word in enumerate(words)
        if word in kind
        and tuple(words[at : at + 2]) not in _NO_BEINGS
        and tuple(words[at - 1 : at + 1] if at else ()) not in _NO_BEINGS
        and not _is_likeness(words[:at])
    }


def _is_likeness(before: Sequence[str]) -> bool:
    """Tell whether "statue of a" or the like stands before a word."""
    return any(
        word in _LIKENESSES and after == "of" and not _BESIDE.intersection(before[at:])
        for at, (word, after) in enumerate(itertools.pairwise(before))
    )


def _is_animals(words: Sequence[str], at: int) -> bool:
    """Tell whether "his", "baby" and the like speak of an animal: "a baby elephant"."""
    for word in words[at + 1 : at + 4]:
        if word in ANIMAL_WORDS:
            return True
        if word not in _BETWEEN and word not in _OF_ANY_AGE:
            break
    before = words[max(at - 4, 0) : at]
    return bool({"its", "her", "and"} & {*before}) and any(word in ANIMAL_WORDS for word in before)


def _is_colour(words: Sequence[str], at: int) -> bool:
    before = words[at - 1] if at else ""
    after, later = (*words[at + 1 : at + 3], "", "")[:2]
    if before in _BEFORE_COLOUR:
        return True
    if after == "and":
        return later not in {"a", "an", "the", "some", "two", "apples", "bananas"}
    return bool(after) and after not in _AFTER_FRUIT
