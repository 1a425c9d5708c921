"""The cases of Russian, Ukrainian and Polish names, by the endings that grammars teach.

Sources: Rosenthal's handbook (§ 149) for Russian, the orthography of 2019
(§§ 83 to 101) for Ukrainian, the PWN dictionary's rules (62 to 69) for Polish.
Forms that change the stem are left out: these are proposals, and a person
accepts them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

Forms = tuple[str, ...]
"""Genitive, dative, accusative, instrumental, locative; empty where the rules leave it out."""


def _endings(lines: str) -> Mapping[str, Forms]:
    """From a table of endings, the nominative first; `-` for a form that is left out. Longest first."""
    rows = [line.split() for line in lines.strip().splitlines()]
    table = {nominative: tuple(form.strip("-") for form in forms) for nominative, *forms in rows}
    return dict(sorted(table.items(), key=lambda row: -len(row[0])))


_GIVEN: Final[Mapping[str, Mapping[str, Forms]]] = {
    "ru": _endings("""
        ий  ия ию ия ием ии
        ия  ии ии ию ией ии
        й   я ю я ем е
        ь   я ю я ем е
        ья  ьи ье ью ьей ье
        га  ги ге гу гой ге
        ка  ки ке ку кой ке
        ха  хи хе ху хой хе
        ша  ши ше шу шей ше
        жа  жи же жу жей же
        а   ы е у ой е
        я   и е ю ей е
    """),
    "uk": _endings("""
        ій  ія ію ія ієм ієві
        ія  ії ії ію ією ії
        й   я ю я єм єві
        ь   я ю я ем еві
        га  ги зі гу гою зі
        ка  ки ці ку кою ці
        ха  хи сі ху хою сі
        а   и і у ою і
        я   і і ю ею і
        о   а у а ом ові
    """),
    "pl": _endings("""
        ek  ka kowi ka kiem ku
        k   ka kowi ka kiem ku
        g   ga gowi ga giem gu
        y   ego emu ego ym ym
        i   iego iemu iego im im
        ia  ii ii ię ią ii
        ka  ki ce kę ką ce
        ga  gi dze gę gą dze
        a   y - ę ą -
        o   a owi a em -
    """),
}

_FAMILY: Final[Mapping[str, Mapping[str, Forms]]] = {
    "ru": _endings("""
        ов    ова ову ова овым ове
        ев    ева еву ева евым еве
        ёв    ёва ёву ёва ёвым ёве
        ин    ина ину ина иным ине
        ын    ына ыну ына ыным ыне
        ова   овой овой ову овой овой
        ева   евой евой еву евой евой
        ёва   ёвой ёвой ёву ёвой ёвой
        ина   иной иной ину иной иной
        ына   ыной ыной ыну ыной ыной
        ая    ой ой ую ой ой
        ий    его ему его им ем
        ский  ского скому ского ским ском
        цкий  цкого цкому цкого цким цком
        ый    ого ому ого ым ом
        ой    ого ому ого ым ом
        ж     жа жу жа жем же
        ч     ча чу ча чем че
        ш     ша шу ша шем ше
        щ     ща щу ща щем ще
        ц     ца цу ца цем це
    """),
    "uk": _endings("""
        ський  ського ському ського ським ському
        цький  цького цькому цького цьким цькому
        ська   ської ській ську ською ській
        цька   цької цькій цьку цькою цькій
        ий     ого ому ого им ому
        ова    ової овій ову овою овій
        ева    евої евій еву евою евій
        ов     ова ову ова овим ові
        ев     ева еву ева евим еві
        єв     єва єву єва євим єві
        ін     іна іну іна іним іні
        їн     їна їну їна їним їні
        ко     ка ку ка ком кові
    """),
    "pl": _endings("""
        ski   skiego skiemu skiego skim skim
        cki   ckiego ckiemu ckiego ckim ckim
        dzki  dzkiego dzkiemu dzkiego dzkim dzkim
        ska   skiej skiej ską ską skiej
        cka   ckiej ckiej cką cką ckiej
        dzka  dzkiej dzkiej dzką dzką dzkiej
        owa   owej owej ową ową owej
    """),
}
_FAMILY_TOO: Final = {
    lang: {nominative: forms for nominative, forms in table.items() if nominative not in _FAMILY[lang]}
    for lang, table in _GIVEN.items()
}
"""Family names that no ending of their own fits decline as given names do."""
_AFTER_CONSONANT: Final[Mapping[str, Forms]] = {
    "ru": ("а", "у", "а", "ом", "е"),
    "uk": ("а", "у", "а", "ом", "ові"),
    "pl": ("a", "owi", "a", "em", ""),
}
_CONSONANTS: Final = "бвгґджзклмнпрстфхцчшщbcdfghjklłmnprstwzżvx"
_FIXED: Final[Mapping[str, tuple[str, ...]]] = {
    "ru": ("о", "е", "и", "у", "ю", "э", "ых", "их"),
    "uk": ("е", "у", "ю", "и", "і", "их"),
    "pl": ("u", "é", "e", "o"),
}
"""Ends of family names that do not decline."""
_MEN: Final = (
    *("Никита", "Илья", "Кузьма", "Фома", "Лука", "Савва", "Данила"),
    *("Микола", "Ілля", "Микита", "Сава", "Хома", "Kuba", "Barnaba"),
)
"""Given names of men that end as women's do."""


def cases(name: str, lang: str) -> tuple[str, ...]:
    """The other cases of a name (its family name last) in Russian, Ukrainian or Polish; those that the rules know."""
    *given, family = name.split()
    woman = any(word[-1] in "аяa" and word not in _MEN for word in given)
    columns = [_declined(word, _GIVEN[lang], lang) for word in given]
    columns.append(_family(family, lang, woman=woman))
    return tuple(dict.fromkeys(form for form in _together(columns) if form != name))


def _together(columns: list[Forms]) -> Iterator[str]:
    for parts in zip(*columns, strict=True):
        if all(parts):
            yield " ".join(parts)


def _family(word: str, lang: str, *, woman: bool) -> Forms:
    if word.endswith(_FIXED[lang]) or (woman and word[-1] not in "аяa"):
        return (word,) * 5
    return _declined(word, {**_FAMILY[lang], **_FAMILY_TOO[lang]}, lang)


def _declined(word: str, endings: Mapping[str, Forms], lang: str) -> Forms:
    for nominative, forms in endings.items():
        if word.endswith(nominative) and len(word) > len(nominative):
            return tuple(form and word.removesuffix(nominative) + form for form in forms)
    if word[-1] in _CONSONANTS:
        return tuple(form and word + form for form in _AFTER_CONSONANT[lang])
    return ("",) * 5
