"""Words of the grammar by class, and their inflected forms."""

import re

# Irregular forms follow after slashes: man/men, see/saw/seen (past, participle). More frequent words
# come first. Transitive verbs always have an object and intransitive verbs never have one, so that
# the sentence determines the role of an unknown word.
WORDS = {
    "name": """John Jane Alex Mary Peter Anna Paul Emma Oscar Ruth Hugo Clara Simon Alice Victor Laura Martin
        Nina Thomas Helen Oliver Sarah Felix Julia Henry Marta Daniel Sofia Edgar Lucy Walter Irene George
        Carla Arthur Diana Robert Ella Leonard Agnes Samuel Tilda Albert Vera Jonas Greta Philip Olga Stefan
        Miriam Conrad Ingrid Lewis Naomi Bruno Edith Ralph Astrid Norman Judith""",
    "person": """man/men woman/women child/children girl boy friend teacher doctor farmer neighbour student
        writer painter sailor soldier king queen lawyer singer actor baker driver hunter merchant poet priest
        prince scientist sister brother mother father uncle aunt cousin tailor thief/thieves stranger tourist
        widow worker tenant surgeon senator rider prisoner player officer mayor librarian knight inventor
        gardener fisherman/fishermen explorer editor duke detective dancer critic clerk carpenter butcher
        banker artist architect ambassador""",
    "thing": """house garden book town river letter picture table window door village castle boat bridge song
        story tree car horse dog cat bird field forest hill island kitchen lamp machine mirror mountain museum
        newspaper novel office palace park poem prison road room school shop station street theatre tower
        train valley violin wall wagon temple statue square sentence rope ribbon puzzle poster pond pencil
        oven orchard mansion meadow lantern ladder knife/knives kettle jacket harbour hammer glove gallery
        fountain flower fence engine diamond desk curtain cottage coin clock church chapel chair carpet candle
        camera cabin button bottle blanket bell basket balcony attic apple""",
    # Nouns that can also be transitive verbs: people, then things.
    "guard": "guard judge guide host nurse escort coach pilot rival tutor",
    "plan": """love plan visit question report answer address order offer record promise attack award blame
        cheer claim comfort control design doubt fear film harm hug influence insult interview kiss mention
        measure paint photograph praise print punch rescue request reward ridicule sketch support surprise
        taste trick witness""",
    "walk": """walk dream dance laugh smile fall/fell/fallen whisper yawn stumble sneeze shiver nap limp frown
        cough sigh""",
    "transitive": """see/saw/seen admire please follow know/knew/known find/found/found help remember trust
        describe hate meet/met/met ignore avoid invite accept adore discover examine forget/forgot/forgotten
        choose/chose/chosen carry protect annoy amuse recognise forgive/forgave/forgiven observe inspect
        understand/understood/understood destroy bring/brought/brought deceive defend encourage convince
        build/built/built disturb embrace buy/bought/bought frighten greet hide/hid/hidden imitate impress
        inspire keep/kept/kept mock obey paralyse persuade pursue punish repair replace sell/sold/sold
        steal/stole/stolen teach/taught/taught tease thank upset/upset/upset envy despise abandon accuse
        assist believe betray bother collect confuse cure delight distract entertain enchant expect fascinate
        flatter humiliate identify irritate liberate notice portray prefer reject respect ruin satisfy shock
        tolerate warn worship""",
    "intransitive": """sleep/slept/slept arrive wait listen wake/woke/woken swim/swam/swum sing/sang/sung
        disappear tremble kneel/knelt/knelt hesitate depart cry appear linger shine/shone/shone complain
        lie/lay/lain vanish suffer starve sit/sat/sat snore giggle exist emerge die collapse chatter celebrate
        blush behave apologise ache wander relax retire quarrel persist meditate improvise grumble hibernate
        faint doze daydream""",
    "adjective": """old young happy small big kind red tall poor rich quiet strange clever green famous cold
        dark new proud brave angry white lonely beautiful gentle heavy honest lazy loud modern narrow noble
        odd pale patient polite rare round rude rusty sad shy simple silent slow soft sour splendid steep
        strong stubborn tender thin tidy tiny tired ugly vain warm weak wild wise wooden yellow ancient bitter
        bright broad calm cheap crooked curious dusty elegant empty fragile generous grey humble jealous""",
    "adverb": """often always secretly quietly rarely never gladly still again soon usually suddenly slowly
        really openly carefully sometimes calmly deeply eagerly finally gently honestly politely proudly
        quickly sadly seldom badly boldly briefly certainly daily easily firmly fondly happily loudly madly
        merely nearly nightly obviously perhaps patiently reluctantly sincerely together twice wisely
        yearly""",
}
CLAUSAL = ["think/thought/thought", "say/said/said", "hope", "guess", "suppose"]
CONTROL = ["want", "try", "decide", "hope", "agree", "need"]


def split_words(kind: str) -> tuple[list[str], list[str]]:
    """Words of a class that may occur in every set, and every fifth word, which is held out of train."""
    words = WORDS[kind].split()
    return [w for i, w in enumerate(words) if i % 5 != 4], words[4::5]


LEXICON = {kind: split_words(kind) for kind in WORDS}


def with_s(word: str) -> str:
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(s|x|z|ch|sh)$", word) else "s")


def plural_of(noun: str) -> str:
    singular, *irregular = noun.split("/")
    # The two extra forms of a noun that is also an irregular verb (fall/fell/fallen) are not plurals.
    return irregular[0] if len(irregular) == 1 else with_s(singular)


def form_of(verb: str, form: str) -> str:
    """Inflect a verb: base, s, past, done (the past participle) or doing."""
    base, *irregular = verb.split("/")
    doubled = re.fullmatch(r"[^aeiou]*[aeiou][bdgmnpt]|control|forget|prefer|quarrel|rival|upset|worship", base)
    stem = base + base[-1] if doubled else base
    if form == "base":
        return base
    if form == "s":
        return with_s(base)
    if form == "doing":
        return re.sub(r"(?<!e)e$", "", re.sub(r"ie$", "y", stem)) + "ing"
    if irregular:
        return irregular[form == "done"]
    return re.sub(r"(?<=[^aeiou])y$", "i", stem.removesuffix("e")) + "ed"
