"""The ways in which one person is written: in full, by login, by one of the names; and where each of them is safe."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple
from unicodedata import normalize

from jira_crawler.items import Person
from jira_crawler.redaction.nicknames import NICKNAMES, WHOLE

# Where a form is safe as a token of its own: `full` and `handle` anywhere; `words` (Will Mark) and `initial` (A. Lee)
# where they are capitalised; `given` and `family` as names in prose; `doubtful` only where somebody is addressed,
# `mention` only behind an @, in [~…] and where logins are told.
Kind = Literal["full", "words", "initial", "handle", "given", "family", "doubtful", "mention"]

_LETTERS: Final = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_ASIDE: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>| [-–|/] .*")
_TITLES: Final = frozenset({"mr", "mrs", "ms", "dr", "prof", "jr", "sr", "phd", "ii", "iii"})
_PLAIN: Final = {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ħ": "h", "Ħ": "H"}
_NUMBERED: Final = re.compile(r"JIRAUSER\d+", re.IGNORECASE)
_SPELLED: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae"}
IDEOGRAPHS: Final = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"  # scripts that set no blanks between words
_SHORTEST: Final = 3
_LONGEST: Final = 100

# Names that are words as well: people are called so, and so are months, places, products and keywords. These are
# given and family names that English, a calendar or a map has too.
_ENGLISH: Final = """
    abbey able ace ada adamant africa alabama alba all amber amen america anchor and angel angle ant any april
    arch archer are art ash asia aspen aston atlanta august austin australia autumn axel bach bailey baker ball
    bank banks barber bard barn barrel bass bath baxter bay beach beam bean bear beck bell bench bender berg
    berlin berry best beth bill bird bishop bit black blank blaze bliss block bloom blue board bob bolt bond
    book booth boss boston both bow bowl box boy branch brand brandy brave brazil bridge bridges bright brook
    brooklyn brooks brother brown brush buck bud buddy bug burns bush butler butter button buzz cairo california
    can canada candy cane cannon canon carolina carpenter carrier carry carter case cash castle chance chandler
    chapel chapman char charity chase check chelsea cherry chicago chief child china chip chuck church city clan
    clay clear clerk cliff close cloud coach cobb cole cook cool cooper copper coral core corner cotton count
    course court cove cox craft crane crisp cross crow crown cruise crystal curry daisy dakota dale dallas dash
    data date dawn day days dean dear december deck deep deer delhi dell den denmark derby derive devine dexter
    diamond dick diesel dix dock doe dollar don dot dove draft drake draw dream drew drill driver dublin duke
    dusty dutch eager earl early earth east easter eaton eden edge egypt else ember emery end england english
    epic europe even ever every fair faith fall farmer fast father fawn fay february fern field fields finch
    finder fine finn first fish fisher flag flash fleet fletcher flint flood flora florence flower flowers fly
    forbes ford forest foster fountain fox france frank franklin free freeman french friday friend frost fuller
    gale game garden gardener garner garnet gates gay gem gene general geneva georgia german germany gift ginger
    glass glen glory glover god gold golden good gore grace grand grant graves gray green grey grove guard
    gunner guy hack hail hale hall ham hamilton hammer hand hands handy happy harbor hard hardy harmony harper
    hart harvest hash haven hawk hay hazel head heart heath heather held hero hicks high hill hills holiday
    holland holly holmes honey hood hook hooper hope hopper horn house houston huff hunt hunter hurst hyde ice
    inch india ireland iris island israel italy ivory ivy jade january japan jar jasmine jasper jay jean jeans
    jersey jet jewel job jolly jordan joy judge judy julia july june junior just keen keep kent kenya kerr key
    keys kidd kind king kings kirk kit kitchen knight knot knox korea lace lady lake lam lamb lance land lane
    large lark last laurel law lawn leader leaf lee left legend lemon lex light lily lima lin lincoln line link
    lion lisbon list little living load lock locke lodge log logan london long look lord lot love low lowe luck
    lucky luna lynch lynx mace mack madison madrid magic main maker mall man many map maple march marina mark
    marker markets marks mars marsh marshall mason master masters match matrix max may mayer mead means melody
    memphis mercy merit merry mexico mike milan mild miles mill miller mills min mine mint miss mix mode monday
    monk montana moon moore more morning moss most mount mountain much must myth nail name near neat nepal new
    newton nice nickel night noble none noon norm north norton nova november numbers oak oaks ocean octavia
    october offer olive opal open orange order orlando owl oxford pace pack page paige paint pal palm paris park
    parker parks part pass pat patch patience pay peace peach peacock peak pearl pen penny pepper per perch
    perry perth pet petal phoenix pick pickle pierce piers pike pilot pine piper place plant plum point pole
    pond pool poole poor pope porter portland post potter pound power powers pratt precious price prime prince
    print prior proper prose pure quick rail rain raleigh ram ramp ranger ray read reader real red reed reef
    regard rest rice rich richer ridge right ring rise river rivers robin rock rocky rod roman romance rome root
    rose rosemary roth rover rowan royal ruby rude rule rush rusk russia rust rusty sadly sage sail saint sale
    sales salt sam sand sandy santiago sargent saturday savage savannah save say scarlet scout sea seal seam
    search seattle see self sell senior september serve sessions seven shade shadow shah shark sharp shell
    shepherd shield shine ship shore short shot siena sierra sign silva silver simple singapore singer single
    six skinner sky skye slate small smart snow sofia soft son sony soon south spacer spain sparks speaker spear
    spears special speed spell spence spicer spring square stack star stark stars steel step sterling stern
    steward still stock stone storm story strange street strong style sue summer summers sun sunday sunny swan
    sweden sweet swift sydney tab table tag tate teal temple test texas the thorn thursday tiger tile till
    timber time tokyo top tower town townsend trace tracker tracy trail travis treasure tree trinity trip troy
    true tuck tucker tuesday turkey turner two under union urban use vale valentine van vance velvet venus
    verona victor victoria vienna vine viola violet virginia voice wade waits walker wall walls ward ware warner
    washington water waters watts wave way weaver web webb webber wednesday week wells west what wheat wheeler
    when whisper white who wide wild wilde will willow win wind winner winter winters wise with wolf wood woods
    woody word words work worth wren wright yard york you young yours zen zero zurich
    """
# What software is called, and what its parts are.
_SOFTWARE: Final = """
    accumulo active admin administrator agent ajax akka alloy amazon ambari analyst android angular anonymous
    apache api apollo app apple arrow athena atlas atom aurora author automation avro azure babel basic beam
    bean bigtop bloom bot build builder cache calcite camel cassandra cayenne celery ceph chef chrome chronos
    class client clojure cloudera cocoon code comet commons compiler console consul contact continuum
    contributor crunch curator dart debian debug default deleted delta deltaspike derby dev developer devops
    django docker doris dots druid eagle eclipse elastic elixir erlang error falcon felix file firefox flex
    flink flume former forrest gatsby geode geronimo ghost giraph git github google gora gradle grafana griffin
    groovy group guest guice hadoop hama hank harmony haskell hawq hbase hector helix hera hercules hermes hive
    horton hudi hudson ibm iceberg ignite impala info int intel isis island issue jackson jaguar jakarta java
    javascript jena jenkins jersey jest jetty jini jira jmeter json julia junit kafka karaf kerberos kernel
    kibana knox kotlin kudu kylin lambda laravel lens libra linux livy lombok long lucene mahout manager
    marmotta maven member mercury merlin mesa mesos meteor metron microsoft mina mongo monitor mozilla mysql
    nagios nemo neo neon nexus nifi node null nutch object office oozie opera oracle orc owasp owner parent
    parquet pascal perl phoenix pig pinot play plus pluto poi polly postgres presto primary private product
    project proton public pulsar puppet python qpid quality quark quartz query rails rancher ratis raven react
    redis release replica report request result review reviewer robot role ruby runner safari samba samza
    sandbox sass saturn scala script secret seed selenium sencha sentinel sentry server service session set
    shiro signal singa sling solr source spark spock sprint sqoop staff static storage storm string struts
    studio sun superset support swift system tajo tapestry task team tempo tester tez thread thrift tika titan
    titanium tomcat tool tornado trac trafodion trident trino trouble turbine type ubuntu unassigned unit
    unknown update user usergrid value var vega velocity vendor venus version viewer vim vision volt wicket
    windows woden worker writer xerces yarn yoda yoko zeppelin zookeeper
    """

ORDINARY: Final = frozenset(_ENGLISH.split()) | frozenset(_SOFTWARE.split())

# Words that begin a sentence or an address and may stand right beside a name.
_BESIDE: Final = """
    a about according add after agree all also although always am an and any are as ask assign at attach based
    be because before both but by call can cc commit committed contact could dear did discussed do does dont dr
    due each either even every fix fixed following for found from get give go good got great had has have hello
    here hey hi his how however i if in into is it its just keep let lets like looks make many may maybe mr mrs
    ms my need nice no not note now of off ok okay on once one only or our out over per perhaps ping please pls
    probably quick re reassigned rebased regarding reopened reported resolved review reviewed see seems she
    should since so some sorry still sure talked tell thank thanks that the their them then there these they
    this those though through thx to today too unless until updated upon us use using very via wait was we well
    were what when where whether which while who why will with without would yes yet you your
    """
BESIDE: Final = frozenset(_BESIDE.split())


class Form(NamedTuple):
    """`needle` is folded: lower case, without accents."""

    needle: str
    kind: Kind


def fold(text: str) -> str:
    """The text in lower case and without accents on Latin letters, character for character."""
    if not text.isascii():
        text = _LETTERS.sub(lambda match: _bare(match[0]), text)
        text = text.replace("’", "'")
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


@lru_cache(maxsize=1024)
def _bare(letter: str) -> str:
    return _PLAIN.get(letter) or normalize("NFD", letter)[0]


def is_ideographic(character: str) -> bool:
    """True for a character of a script that sets no blanks between words."""
    return "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3"


def words_of(person: Person) -> tuple[str, ...]:
    """The names and logins that a person has, folded; any way to write them holds at least one."""
    parts = name_parts(person.name)
    words = (*map(fold, parts), *map(spelled, parts), *map(fold, logins_of(person)), *_called(parts))
    pieces = (piece for word in words for piece in (word.split("-") if "-" in word else (word,)))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def forms(person: Person) -> tuple[Form, ...]:
    """Every way to write this person, each once, the safest kind first."""
    found: dict[str, Kind] = {}
    for login in logins_of(person):
        found.setdefault(fold(login), _kind_of_handle(login))
    named = name_parts(person.name)
    for parts in dict.fromkeys((tuple(map(fold, named)), tuple(map(spelled, named)))):
        if len(parts) > 1:
            found.update({form: kind for form, kind in _whole(parts) if form not in found})
        for at, part in enumerate(parts):
            for piece in (part, *(part.split("-") if "-" in part else ())):
                found.setdefault(piece, _kind_of_part(piece, first=at == 0 and len(parts) > 1))
    parts = tuple(map(fold, named))
    for nickname in _called(parts):
        whole: Kind = "words" if nickname in ORDINARY and parts[-1] in ORDINARY else "full"
        found.setdefault(f"{nickname} {parts[-1]}", whole)
        if nickname not in WHOLE:  # whoever is called Chris is not known to be a Christian
            found.setdefault(nickname, _kind_of_part(nickname, first=True))
    return tuple(Form(needle, kind) for needle, kind in found.items() if len(needle) > 1 or kind == "mention")


def _called(parts: Sequence[str]) -> tuple[str, ...]:
    """What others call somebody with this given name: Chris for Christopher."""
    return NICKNAMES.get(fold(parts[0]), ()) if len(parts) > 1 else ()


def logins_of(person: Person) -> list[str]:
    """Their login and id, the name before the @ of one that is an address, and a display name that is one word."""
    name = person.name.strip()
    logins = [person.login.strip(), person.id.strip(), "" if " " in name else name]
    logins += [login.partition("@")[0] for login in logins if "@" in login]
    return [login for login in logins if login and "@" not in login and len(login) <= _LONGEST]


def spelled(part: str) -> str:
    """`Müller` as a keyboard without umlauts writes it: mueller."""
    return fold("".join(_SPELLED.get(character, character) for character in part.lower()))


def name_parts(name: str) -> list[str]:
    """`Dr. Lee, Ann (Acme)` → Ann, Lee."""
    name = _ASIDE.sub(" ", name[:_LONGEST])
    family, comma, given = name.partition(",")
    if comma and given.strip():
        name = f"{given} {family}"
    parts = (part.strip(".,;:\"'`*") for part in name.split())
    return [part for part in parts if len(part) > 1 and part.casefold() not in _TITLES and "@" not in part]


def _whole(parts: tuple[str, ...]) -> list[tuple[str, Kind]]:
    """Full names in either order, without what stands in the middle, with an initial, and made into logins."""
    first, last = parts[0], parts[-1]
    kind: Kind = "words" if all(part in ORDINARY for part in parts) else "full"
    names = [" ".join(parts), f"{first} {last}", f"{last} {first}"]
    names += [f"{last}, {first}", f"{last}, {' '.join(parts[:-1])}", f"{first}\n{last}"]
    names += [f"{first}{mark}{last}" for mark in "._-"]
    if min(len(first), len(last)) >= _SHORTEST or is_ideographic(first[0]):
        names += [first + last, last + first] if is_ideographic(first[0]) else []
    initials = [f"{first[0]}. {last}", f"{first[0]} {last}", f"{last}, {first[0]}."]
    initials += [f"{last} {first[0]}.", f"{first} {last[0]}."]
    logins = (first[0] + last, last + first[0], f"{first[0]}.{last}", f"{first[0]}_{last}", first + last, last + first)
    made_up = [login for login in logins if len(login) > 5 and login not in ORDINARY]
    return [
        *((name, kind) for name in names),
        *((name, "initial") for name in initials if name[0].isalpha()),
        *((login, "handle") for login in made_up),
        (first + last[0], "mention"),
    ]


def _kind_of_handle(name: str) -> Kind:
    folded = fold(name)
    if is_ideographic(folded[0]) and len(folded) > 1:
        return "full"
    plain = folded.isalpha() and (folded in ORDINARY or len(folded) <= _SHORTEST)
    return "mention" if plain or len(folded) < _SHORTEST or folded.isdigit() or _NUMBERED.fullmatch(name) else "handle"


def _kind_of_part(part: str, *, first: bool) -> Kind:
    if len(part) < _SHORTEST or part in ORDINARY or not part.replace("-", "").replace("'", "").isalpha():
        return "doubtful"
    return "given" if first else "family"
