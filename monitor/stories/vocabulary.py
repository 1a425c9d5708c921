"""Words that say little about which event a text tells.

Rarity without a corpus: function words weigh next to nothing, the everyday
words of news little, everything else what its length and kind suggest. The
lists hold the most frequent words of the languages that most wires use; a
language that is missing only makes texts look a little more alike.
"""

from __future__ import annotations

from monitor.stories.words import words

_ENGLISH = """
a about above across after again against all almost already also although always am among an and another any are around
as at away back be because been before being below between both but by can cannot could did do does doing done down
during each either else even ever every few for from further get gets getting give given go goes going gone got had has
have having he her here hers him himself his how however i if in into is it its itself just let like made make makes
many may me might more most much must my near neither never no nor not now of off on once one only onto or other others
our out over own per put rather re s same set shall she should since so some still such t take taken than that the their
theirs them themselves then there these they this those though through throughout thus to together too toward towards
under until up upon us very via was way we well were what when where whether which while who whom whose why will with
within without would yet you your yours
"""

_OTHERS = """
aber als auch auf aus bei bis das dass dem den der des die doch durch ein eine einem einen einer eines er es für gegen
habe haben hat hatte ich ihr im ist kann mit nach nicht noch nur oder sein seine sich sie sind über um und uns unter vom
von vor war waren wegen werden wie wird wurde wurden zu zum zur zwischen
au aux avec ce ces cette comme dans de depuis des du elle en entre est et être il ils la le les leur lui mais ne nous on
ont ou où par pas plus pour qu que qui sa sans se selon ses son sont sur une vers été était après avant
al como con contra cuando del desde donde dos durante el ella ellos entre era es esta este esto están fue fueron ha han
hasta hay las lo los más mientras muy ni nos para pero por porque quien se según ser si sin sobre son su sus también
tiene tras una uno unos y ya está
ao aos até com da das dos ela ele em entre foi isso já mais mas na nas no nos não o os ou para pela pelo pelos por
quando que se sem ser seu sua são também tem um uma foram após
alla anche che chi ci col come cui da dal dalla degli dei del della delle di dopo e ed fra gli ha hanno il in la le lo
loro ma nel nella non per più quando questo sono stato su sua sul sulla tra un una è
а без более бы был была были было быть в во все всех где для до его ее если еще же за и из или им их к как которая
которые который ли между на над не него нее ней нет ни них но о об он она они оно от по под после при с свой себя со
так также там то том только тот у уже чем что чтобы эта эти это этого этой этом этот
"""

STOP = frozenset(words(_ENGLISH + _OTHERS))
"""Function words, folded as texts are."""

PLAIN = frozenset(
    words(
        """
        accident accord according accused action added additional address administration agency ago agreed agreement
        ahead aim aimed airport allow allowed amid analyst analysts announce announced announcement annual appear
        appeared april area areas arrested ask asked assembly associated association attempt august author authorities
        authority bank banks based bay beat began begin bid big billion body break breaking brief bring brought bureau
        business call called calling calls came campaign capital captain carried case cases cause caused center central
        centre chair chairman chamber chance change changes charge charged chief child children church cite cited cities
        city claim claimed clear close closed coach coast colonel come comes coming comment comments commission
        committee community companies company concern concerned concerns conference confirm confirmed congress continue
        continued cooperation council countries country court crash crisis current currently damage data date day days
        dead deal death decades december decide decided decision declared declined defence defense demand department
        depth deputy described despite development died dies director discuss discussed discussion district doctor dr
        due earlier early earnings earthquake east eastern economic economy effort efforts eight eleven emergency end
        ended ending european evening event exclusive executive expect expected expert experts express expressed face
        faced facing fact failed family february federal fell figures final finance find fire first five follow followed
        following force forces forecast forecasts foreign former found foundation four fourth friday full fund future
        general global goal goalkeeper goals good government governor great group groups grow growing growth gulf half
        hall head heads hearing held help high higher hit hits hold holding home hope hospital hour hours house human
        hundred hundreds hurt immediately impact important include included including increase increased independent
        industry inflation information injured institute interest interior international interview investigation
        investors involved island islands issue issued issues item january job jobs join joint judge july june keep kept
        key killed killing king kingdom know known labor labour lake land largest late later latest launch launched law
        lawmakers lead leader leaders leading league least leave led left legal less level life line list little live
        local long longer look lost low lower magnitude main major man march market markets match mayor measure measures
        media meet meeting member members men met middle midnight military million millions minister ministers ministry
        minute minutes monday month months morning mount move mr mrs ms museum name nation national nations nearly need
        needed net network new news night nine north northern note noted november number ocean october office officer
        officers official officials old open opened operation opposition order organisation organization outlook outside
        parliament part parties party past people percent period person photographer place plan planned plans player
        players point points police policy political position possible power present president press pressure prevent
        previous previously price prices prime prince prison problem problems process professor profit profits program
        programme progress project province public publish published push quake quarter quarterly queen question quoted
        raise raised rate rates reach reached read ready reason recent recently record region regional relations
        released remain remained remains report reported reporter reporters reporting reports representative republic
        request require rescue rescuers research reserve residents response rest result results return returned revenue
        review right rise rising river role rose round rule run said sales saturday saw say saying says scene school
        scored sea season second secretary security see seek seen senate senator senior sent september series serious
        service services seven several shares sharply short show showed shows side sign signed similar sir situation six
        small social soon source sources south southern speak speaking special spectators spoke spokesman spokesperson
        spokeswoman square st staff stage standard start started state stated statement states statistics stay step
        steps stock stocks stop story strait street strike strong struck sunday support supreme sure system taking talk
        talks target team tell telling ten term test thing things third thousand thousands threat three thursday time
        times today told tomorrow took top total town trade treasury tried try tuesday turn twelve twice two unchanged
        union united university update updated urge urged use used using valley victim victims victory video view
        village visit vote wait want wanted warn warned warning wednesday week weekend weeks went west western white
        wide win woman women won word work worked worker workers working world worst write year years yesterday young
        zone
        """
    )
)
"""The everyday words of English news."""

POWERS = frozenset(
    words(
        """
        africa african america american americans asia asian australia australian beijing berlin biden britain british
        brussels canada canadian china chinese delhi donald england english eu europe european france french gaza german
        germany india indian iran iranian israel israeli italian italy japan japanese kiev korea korean kremlin kyiv
        london moscow nato palestinian paris putin russia russian russians spain spanish tehran tokyo trump turkey
        turkish uk ukraine ukrainian un us usa washington
        """
    )
)
"""Names that stand in the news of every day, of different events."""

AGENCIES = frozenset(words("afp ap reuters tass xinhua dpa efe ansa anadolu upi pti ani interfax kyodo yonhap bbc cnn"))
"""Who reports, rather than what is reported."""

CALENDAR = frozenset(
    words(
        """
        monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun january february
        march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct
        nov dec gmt utc
        """
    )
)

DATES = frozenset(word for word in CALENDAR if len(word) > 4) - {"march"}

WEEKDAYS = frozenset(words("monday tuesday wednesday thursday friday saturday sunday"))

NUMBER_WORDS = {
    word: value
    for value, word in enumerate(
        words(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen twenty"
        )
    )
    if value > 1  # "one" is a pronoun as often as a number
}

SCALES = {
    "hundred": 1e2, "thousand": 1e3, "lakh": 1e5, "million": 1e6, "mln": 1e6, "mn": 1e6, "crore": 1e7,
    "billion": 1e9, "bln": 1e9, "bn": 1e9, "trillion": 1e12, "tn": 1e12,
}  # fmt: skip

COUNTED = {
    word: kind
    for kind, said in {
        "dead": "dead dies died killed kills killing deaths death fatalities toll bodies slain",
        "hurt": "hurt injured injures injuring wounded wounding wounds injuries casualties",
        "missing": "missing unaccounted",
        "arrested": "arrested arrests detained detains detentions",
        "displaced": "displaced evacuated evacuations evacuees homeless fled",
        "rescued": "rescued freed released",
        "infected": "cases infections infected",
        "percent": "percent pct",
        "magnitude": "magnitude richter quake earthquake temblor tremor",
        "charged": "charged indicted sentenced convicted",
    }.items()
    for word in words(said)
}
"""What is counted, by the words that stand near the number."""

TOLLS = frozenset(COUNTED.values()) - {"percent", "magnitude"}
"""Counts that grow while an event goes on."""

EVENT_FIGURES = TOLLS | {"magnitude"}
"""Figures that tell one event from another."""

OCCURRENCES = {
    word: kind
    for kind, said in {
        "meeting": "meeting meet meets met talks summit welcomed welcomes hosted hosts visit visited conference",
        "attack": "attack attacked attackers bomb bombing blast explosion exploded shooting shot gunman gunmen strike",
        "crash": "crash crashed collision collided derailed derailment sank capsized overturned",
        "fire": "fire blaze fires burned burnt flames",
        "quake": "earthquake quake temblor tremor epicentre epicenter",
        "storm": "storm cyclone hurricane typhoon landfall flood floods flooding landslide",
        "vote": "rally election vote referendum",
        "death": "died buried funeral",
        "arrest": "arrested detained seized captured",
    }.items()
    for word in words(said)
}
"""What happens somewhere, by the words that say it."""

MOVES = {
    word: way
    for way, said in {
        "up": "raises raised rises rose climbs climbed gains gained jumps jumped surges surged lifts lifted hikes",
        "down": "cuts cut falls fell drops dropped lowers lowered slips slipped slumps slumped loses lost eases",
        "nowhere": "holds unchanged steady",
    }.items()
    for word in words(said)
}
"""Which way prices, rates and results went."""
