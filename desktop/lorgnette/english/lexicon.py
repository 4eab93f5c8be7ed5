"""Lists of English words that more than one module looks into, lower case."""


def words_of(text: str) -> frozenset[str]:
    """Return the words of text."""
    return frozenset(text.split())


FUNCTION_WORDS = words_of(
    "a an the this that these those and or but while as who which where when with without in on "
    "at of to from by for into onto over under above below behind beside besides between among "
    "near next through across along around against towards toward upon inside outside off up "
    "down out away about after before during like than beyond past is are was were be been "
    "being has have had do does did it its they their them there he she his her him hers "
    "himself herself itself themselves themself it's not"
) | {","}

ARTICLES = {"a", "an", "the"}

SENTENCE_ENDS = {".", "!", "?"}

# Words that have capitals wherever they stand.
SPELLED = {
    word.lower(): word
    for word in words_of(
        "TV TVs T-shirt T-shirts I USA American Asian African British Chinese English European "
        "French German Indian Italian Japanese Korean Mexican Spanish Russian Hispanic Caucasian "
        "Christmas Halloween Easter Santa London Paris"
    )
}

OWNERS = {"his", "her", "their", "its", "my", "our"}

THINGS_IN_ING = words_of(
    "building buildings ceiling evening morning railing string ring king wing swing spring "
    "thing something anything nothing everything pudding icing painting clothing clearing "
    "awning lightning wedding parking dining living crossing stocking stuffing topping frosting "
    "covering dressing shopping fishing swimming serving sling sibling duckling dumpling "
    "earring"
)

ANIMALS = words_of(
    "animal animals dog dogs puppy puppies pup pups cat cats kitten kittens kitty horse horses "
    "pony ponies foal foals colt mare cow cows calf calves bull bulls ox oxen cattle sheep lamb "
    "lambs ram goat goats pig pigs piglet piglets bird birds duck ducks duckling ducklings "
    "goose geese swan swans hen hens chicken chickens chick chicks rooster turkey turkeys owl "
    "owls eagle hawk parrot parrots pigeon pigeons seagull seagulls gull heron flamingo "
    "flamingos penguin penguins peacock ostrich elephant elephants giraffe giraffes zebra "
    "zebras lion lions lioness cub cubs tiger tigers leopard cheetah bear bears panda pandas "
    "wolf wolves fox foxes deer fawn doe elk moose antelope gazelle buffalo bison camel camels "
    "llama llamas alpaca donkey donkeys mule rabbit rabbits bunny squirrel squirrels mouse mice "
    "rat hamster monkey monkeys ape gorilla chimpanzee orangutan kangaroo koala rhino rhinos "
    "hippo hippos fish fishes shark sharks whale dolphin dolphins seal seals otter turtle "
    "turtles tortoise frog frogs lizard snake alligator crocodile butterfly bee spider insect "
    "bug poodle terrier retriever labrador lab shepherd collie husky dachshund bulldog pug "
    "greyhound greyhounds beagle boxer chihuahua spaniel dalmatian corgi rottweiler pitbull "
    "doberman hound whippet mutt"
)

AGENTS = words_of(
    "player players skier skiers surfer surfers skateboarder skateboarders snowboarder "
    "snowboarders skater skaters rider riders swimmer swimmers dancer dancers singer singers "
    "runner runners biker bikers bicyclist bicyclists cyclist cyclists officer officers teacher "
    "teachers worker workers driver drivers hiker hikers climber climbers gymnast gymnasts "
    "athlete athletes model models figure figures adult adults child children kid kids student "
    "students toddler toddlers teenager teenagers teen teens friend friends gymnast gymnasts "
    "performer performers chef chefs doctor doctors soldier soldiers wrestler wrestlers boxer "
    "boxers bowler batter pitcher catcher golfer golfers jogger joggers musician musicians "
    "guitarist drummer artist artists vendor vendors tourist tourists hairdresser bartender "
    "cheerleader cheerleaders skydiver diver divers volunteer volunteers scientist scientists "
    "photographer reporter fencer fencers racer racers jockey jockeys rower rowers pedestrian "
    "pedestrians skateboarders baby babies infant person people speaker speakers announcer "
    "mannequin mannequins rock ballet professional acrobat acrobats fan fans shopper shoppers "
    "customer customers passenger passengers employee employees guard guards police umpire "
    "referee competitor competitors gardener cook cooks hockey member members band ice street "
    "water"
)

SPORTS = words_of(
    "tennis soccer football basketball baseball softball volleyball hockey lacrosse rugby golf "
    "cricket polo badminton gymnastics track "
    "team teams league doubles singles"
)

ADJECTIVES = words_of(
    "young old older younger elderly aged middle-aged little small big large tall short asian "
    "african american african-american black white blond blonde brunette redheaded red bald "
    "balding bearded mustached tattooed shirtless barefoot smiling happy homeless lone single "
    "indian oriental chinese japanese korean hispanic caucasian mexican arab muslim native "
    "teenage teen adult pregnant overweight heavyset heavy fat thin skinny slim muscular naked "
    "topless dressed uniformed military dark light skinned dark-skinned haired dark-haired "
    "long-haired blond-haired red-haired curly-haired short-haired gray-haired grey-haired "
    "other pretty beautiful attractive handsome cute seated sleeping identical different "
    "excited laughing casually formally well nicely scantily similarly"
)

# Of things: what stands between an article and a noun, and says nothing alone.
LOOKS = words_of(
    "white black red blue green yellow brown gray grey pink purple tan small large big little "
    "young old wooden tall long short bright colorful beautiful other"
)
