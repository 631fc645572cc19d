"""How people with one given name are called by others: a line holds a name and its short forms.

Only forms that go with nearly nobody else's name are here: `Alex` is of Alexander and Alexandra, `Jo` of half a dozen.
"""

from __future__ import annotations

from typing import Final

_LINES: Final = """
abigail abby
alexander alex sasha
alexandra alex sasha
alexandr alex sasha
alexandre alex
aleksandr alex sasha
alejandro alex
alfred alf fred
andrew andy drew
andreas andi
anthony tony
antonio toni tony
arthur art
barbara barb
benjamin ben benny
bernard bernie
bradley brad
catherine cathy kate
charles charlie chuck
christian chris
christina chris tina
christine chris
christoph chris
christophe chris
christopher chris topher
clifford cliff
cynthia cindy
daniel dan danny
david dave
deborah deb debbie
dmitri dima
dmitry dima
dominic dom
donald don donnie
douglas doug
edward ed eddie
elizabeth liz beth betty
emmanuel manu
eugene gene
evgeny zhenya
ferdinand ferdi
francis frank
francisco paco pancho
frederick fred freddy
gabriel gabe
geoffrey geoff
gerald gerry jerry
gregory greg
gregor greg
guillaume guilhem
harold harry
henry hank
herbert herb
jacob jake
james jim jimmy jamie
jeffrey jeff
jennifer jen jenny
jeremy jez
jessica jess
joachim jochen
jonathan jon jonny
johannes hannes
joseph joe joey
joshua josh
katherine kathy kate katie
kathleen kathy
kenneth ken kenny
kimberly kim
konstantin kostya
lawrence larry
leonard leo len
margaret maggie peggy
matthew matt
matthias matze
maximilian max
michael mike mick micky
mikhail misha
miguel mike
mitchell mitch
mohammed mo
natalia natasha
nathan nate
nathaniel nate
nicholas nick nicky
nicolas nico nick
nikolai kolya nick
nikolas nick niko
oliver ollie oli
pamela pam
patricia pat patty
patrick pat paddy
peter pete
philip phil
phillip phil
philippe phil
rebecca becky
raymond ray
richard rich rick dick ricky
robert rob bob bobby robbie
ronald ron ronnie
russell russ
samantha sam
samuel sam sammy
sebastian seb basti
sergei seryozha
stephanie steph
stephen steve
steven steve
stefan stef
stuart stu
susan sue susie
sylvester sly
terence terry
theodore ted theo
thomas tom tommy
timothy tim timmy
tobias tobi
valentin val
victor vic
victoria vicky
vincent vince vinny
virginia ginny
vladimir vova vlad
walter walt
wilhelm willi
william will bill billy willie
yevgeny zhenya
zachary zach zack
"""


def _read(lines: str) -> dict[str, tuple[str, ...]]:
    called: dict[str, dict[str, None]] = {}
    for line in lines.split("\n"):
        names = line.split()
        for at, name in enumerate(names):
            # A short form stands for its name, and not for the other short forms.
            called.setdefault(name, {}).update(dict.fromkeys(names[1:] if at == 0 else names[:1]))
    return {name: tuple(others) for name, others in called.items()}


NICKNAMES: Final = _read(_LINES)
"""For each given name, folded, the other ways in which whoever has it is called."""

WHOLE: Final = frozenset(line.split()[0] for line in _LINES.split("\n") if line)
"""The names that the others are short for."""
