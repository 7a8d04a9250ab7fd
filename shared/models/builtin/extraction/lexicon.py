"""Word lists of the built-in extractor."""

from typing import Final

from shared.models.builtin.extraction.words import word_set

SENTIMENT: Final[dict[str, frozenset[str]]] = {
    "positive": word_set(
        "amazing amiable awesome beautiful best better brilliant congratulation delicious delight "
        "easy enjoy excellent excite excited exciting fantastic favorite favourite free fresh fun "
        "glad good great happy impressive joy laugh love loved lovely nice perfect pleasant "
        "pleased proud recommend respectable smile succeed success thank thanks welcome win wonderful"
    ),
    "negative": word_set(
        "afraid angry annoyed annoying awful bad boring broken cold complain cry danger dangerous die "
        "difficult dirty disappointed disappointing disaster disgusting fail failed failure fear hate "
        "horrible hurt ill killed lose loss never pain poor problem sad scared selfish sick sorry "
        "terrible tired ugly unfortunately unhappy upset warning weak worried worse worst wrong"
    ),
}

NEGATIONS: Final = word_set("not no never hardly without isn't wasn't don't doesn't didn't can't won't")

NEUTRAL_MEMBERS: Final = (
    "unknown",
    "none",
    "neutral",
    "other",
    "not applicable",
    "n/a",
    "na",
    "unspecified",
    "unclear",
    "uncertain",
    "undetermined",
    "not visible",
    "no",
    "",
)
"""Enum members that mean "nothing is known", the clearest first."""

CATEGORIES: Final[dict[str, frozenset[str]]] = {
    "animal": word_set(
        "animal bear bird cat cow dog elephant fish fox frog giraffe hare hen horse insect kitten "
        "lion monkey mouse owl pet puppy rabbit sheep snake spider tabby terrier tiger tiger_cat "
        "zebra"
    ),
    "pet": word_set("cat dog hamster kitten parrot puppy rabbit tabby terrier"),
    "vehicle": word_set(
        "airliner airplane ambulance bicycle boat bus cab car jeep minivan moped motorbike motorcycle "
        "plane scooter ship taxi tractor train tram truck van vehicle"
    ),
    "food": word_set(
        "apple banana bread broccoli burger cake carrot cheeseburger coffee donut egg espresso food "
        "fruit hotdog meat orange pasta pizza salad sandwich soup strawberry vegetable"
    ),
    "furniture": word_set("bed bench bookcase chair couch cupboard desk furniture shelf sofa stool table"),
    "electronic": word_set(
        "camera cellphone computer iron keyboard laptop microwave monitor mouse oven phone remote "
        "screen television toaster tv"
    ),
    "person": word_set("person people man woman child boy girl baby bride groom diver player"),
}
CATEGORIES["people"] = CATEGORIES["person"]

CALENDAR: Final = word_set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december"
)

_COUNTING: Final = tuple(
    word
    for line in (
        "zero one two three four five six seven eight nine ten",
        "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",
    )
    for word in line.split()
)

NUMBER_WORDS: Final[dict[str, int]] = {word: value for value, word in enumerate(_COUNTING)} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
}

UNITS: Final[dict[str, frozenset[str]]] = {
    "price": word_set("$ € £ ¥ usd eur gbp dollar euro pound yen cent"),
    "cost": word_set("$ € £ ¥ usd eur gbp dollar euro pound yen cent"),
    "dollar": word_set("$ usd dollar"),
    "usd": word_set("$ usd dollar"),
    "eur": word_set("€ eur euro"),
    "euro": word_set("€ eur euro"),
    "gbp": word_set("£ gbp pound"),
    "temperature": word_set("° °c °f degree celsius fahrenheit kelvin"),
    "celsius": word_set("°c celsius"),
    "fahrenheit": word_set("°f fahrenheit"),
    "percent": word_set("% percent"),
    "percentage": word_set("% percent"),
    "discount": word_set("% percent"),
    "mm": word_set("mm millimeter millimetre"),
    "cm": word_set("cm centimeter centimetre"),
    "m": word_set("m meter metre"),
    "km": word_set("km kilometer kilometre"),
    "mile": word_set("mile mi"),
    "kg": word_set("kg kilogram kilo"),
    "g": word_set("g gram"),
    "gram": word_set("g gram"),
    "lb": word_set("lb pound"),
    "ml": word_set("ml milliliter millilitre"),
    "liter": word_set("l liter litre"),
    "litre": word_set("l liter litre"),
    "mph": word_set("mph"),
    "kmh": word_set("km/h kmh kph"),
    "speed": word_set("km/h kmh kph mph knot"),
    "weight": word_set("kg g lb kilogram gram pound kilo"),
    "year": frozenset({"year"}),
    "minute": word_set("min minute"),
    "hour": word_set("h hour hr"),
    "calorie": word_set("kcal cal calorie"),
}
