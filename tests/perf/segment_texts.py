"""The corpus of the search benchmark: varied, reproducible texts like those of segments.

As in extracted JSON, every segment has short values that recur across segments (a mood, an object) and long
values that rarely do (a description, a transcript).
"""

import random
from dataclasses import dataclass
from typing import Final


def _options(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


SUBJECTS: Final = _options(
    "chef|surgeon|goalkeeper|violinist|farmer|news "
    "presenter|mechanic|toddler|astronaut|potter|beekeeper|street vendor|ballet "
    "dancer|welder|fisherman|teacher|judge|skateboarder|pilot|florist|carpenter|nurse|rapper|tourist|shepherd|diver|programmer|blacksmith|barista|cyclist|climber|politician|puppy|cat|elephant|horse|parrot|shark|tractor|drone|cargo"
    " ship|steam train|racing car|robot arm|excavator|wind turbine|satellite|choir|marching "
    "band|crowd|wedding couple|film crew|construction "
    "team|grandmother|boxer|referee|archaeologist|librarian|firefighter|tailor|weather presenter|glass "
    "blower|truck driver|biologist"
)

ACTIONS: Final = _options(
    "explains how to use|repairs|inspects|celebrates with|carries|measures|paints|looks "
    "for|washes|assembles|sells|photographs|argues about|sings about|walks past|jumps over|slowly "
    "lifts|throws|drops|demonstrates|compares|cuts|heats|cools|packs|unwraps|draws|studies|cleans|follows|protects|chases|tests|delivers|records|reviews|polishes|counts|hides|finds|examines"
    " under a lamp|loads|unloads|waters|harvests"
)

OBJECTS: Final = _options(
    "a red sports car|a bowl of noodles|an old violin|a broken smartphone|a wedding cake|solar panels|a"
    " basket of apples|a stack of newspapers|a wooden chair|a blue umbrella|a microscope|a football|a "
    "map of the city|a laptop computer|a bicycle wheel|a glass of orange juice|a fishing net|a camera "
    "tripod|a chess board|a silver trophy|a rubber duck|a prescription bottle|a bag of cement|a "
    "telescope|a birthday present|a steel beam|a guitar amplifier|a pair of running shoes|a passport|a "
    "fire extinguisher|a leather jacket|a coffee machine|a dinosaur skeleton|a voting ballot|a loaf of "
    "bread|a perfume bottle|a snow shovel|a power drill|a sewing machine|a goldfish bowl|a hot air "
    "balloon|a water filter|a stock chart|a medieval sword|an oil painting|a garden hose|a battery "
    "pack|a surgical mask|a roulette table|a suitcase"
)

PLACES: Final = _options(
    "in a crowded market|on a snowy mountain|in a hospital corridor|under a bridge at night|on a sandy "
    "beach|inside a recording studio|in front of the parliament|on a factory floor|in a kitchen|at a "
    "train station|in a rainforest|beside a swimming pool|on a rooftop terrace|in a classroom|at an "
    "airport gate|on a football pitch|in a museum hall|inside a submarine|in a vineyard at sunset|on a "
    "muddy road|at a car dealership|in a court room|in the desert|on a stage with bright lights|in a "
    "greenhouse|at the harbour|in an empty office|on a farm|inside a cave|in a traffic jam|at a petrol "
    "station|in a shopping mall|on a ski slope|in a laboratory|at a funeral|in a courtyard|on a film "
    "set|by a frozen lake|in a library|in a garage"
)

MOODS: Final = _options(
    "calm|tense|joyful|sad|angry|nostalgic|mysterious|romantic|humorous|chaotic|hopeful|solemn|energetic|lonely|triumphant|frightened|curious|bored|proud|confused"
)

SPEECH: Final = _options(
    "honestly I never expected that the price would rise so quickly|so let us have a look at the "
    "numbers from the second quarter|please keep your hands away from the blade|and that is why our "
    "grandparents used to salt the fish|we will be back after a short break|the doctor told me to rest "
    "for three weeks|if you enjoyed this do not forget to subscribe|the defence made a terrible mistake"
    " there|turn left at the old mill and follow the river|nobody believed the witness until the letter"
    " was found|add two spoons of sugar and stir gently|the vaccine reduced the number of cases by "
    "half|this engine delivers four hundred horsepower|I miss the smell of my mother's garden|the vote "
    "was postponed for the second time|you can feel the bass in your chest|our volunteers planted nine "
    "thousand trees|the storm will reach the coast by midnight|that painting was stolen during the "
    "war|in this lesson we solve linear equations|the suspect fled in a white van|she won the final "
    "with a broken finger|the new phone folds in the middle|interest rates remain unchanged|they found "
    "water below the ice|children learn faster when they play|the recipe comes from a small village|we "
    "had to land without wheels|take a deep breath and relax your shoulders|this bridge carries eighty "
    "trains a day"
)


@dataclass(frozen=True, slots=True)
class SegmentText:
    """The texts of one segment: ``values`` as (canonical path, instance path, text), ``data`` as JSON."""

    values: tuple[tuple[str, str, str], ...]
    data: dict[str, object]


def sentence(source: random.Random) -> str:
    """Return one description of a scene."""
    lighting = source.choice(
        ("", "", "in warm light, ", "seen from above, ", "in slow motion, ", "at dawn, ")
    )
    return (
        f"{lighting}a {source.choice(SUBJECTS)} {source.choice(ACTIONS)} {source.choice(OBJECTS)} "
        f"{source.choice(PLACES)}, the mood is {source.choice(MOODS)}"
    )


def speech(source: random.Random) -> str:
    """Return a transcript of a few seconds of speech."""
    return ", ".join(source.sample(SPEECH, 2)) + f", said the {source.choice(SUBJECTS)}"


def segment(ordinal: int) -> SegmentText:
    """Return the texts of segment ``ordinal``, always the same for one ordinal; 4.5 texts on average."""
    source = random.Random(ordinal)
    mood, description = source.choice(MOODS), sentence(source)
    objects = source.sample(OBJECTS, source.randint(0, 3))
    values = [("description", "description", description), ("mood", "mood", mood)]
    values += [("objects[].name", f"objects[{i}].name", name) for i, name in enumerate(objects)]
    data: dict[str, object] = {
        "description": description,
        "mood": mood,
        "objects": [{"name": name} for name in objects],
        "people_count": source.randint(0, 12),
        "indoor": source.random() < 0.5,
    }
    if source.random() < 0.7:
        values.append(("transcription", "transcription", speech(source)))
    if source.random() < 0.3:
        values.append(("setting", "setting", source.choice(PLACES)))
        data["setting"] = values[-1][2]
    return SegmentText(tuple(values), data)
