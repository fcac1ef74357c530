"""Does a Korean word go on after a line's end where no blank is left to tell?

Lines set tight lose their last blank. Then the words themselves must tell: those the
document has elsewhere, and the endings at which a Korean word can only end.
"""

import re
from collections import Counter
from collections.abc import Iterable

#: What stands around a word but is not part of it.
_AROUND = "“”‘’\"'「」『』｢｣<>〈〉《》()[]【】,.·:;?!*"
#: Endings after which a new word begins.
_ENDED = re.compile(
    r".*(?:에서|에게|으로|하고|되고|있고|하며|이며|으며|면서|하여|위해|통해|대해|하는|되는|있는"
    r"|없는|않는|하게|위한|관한|통한|의한|있도록|하도록|하기|되기|라고|다고|까지|부터|마다"
    r"|처럼|다며)"
    r"|.*[가-힣](?:을|를|의|는|은|에|과|와|고|된|게|적인)"
    r"|.*\d(?:년|월|일|명|개|건|점|원|회|차)|및|등|또는|그리고|모두|함께|수|것|이후"
)
#: Beginnings that go on with a word.
_GOES_ON = re.compile(
    r"[을를은는의에로와과]|이나|이며|이라|이다|으로|하[고는며여도기게]|되[고는며어도기었]|한다|했|였|들[과은이의에]"
    r"|까지|라도|라[고는며]|부터|에[게서]|적[인으]|시[켜키킨]|[()\]」』｣〉》”’,.%]"
)
#: Beginnings of a word of their own.
_BEGINS = re.compile(r"\d|등(?:$|[을의에과이])|및$|관련|미만|이상|이하|대비")
_LATIN = re.compile(r"[A-Za-z]")


class Words:
    """The words of a document, to ask whether two pieces are one."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Take the lines of the document; words at their ends may be pieces."""
        self._whole: Counter[str] = Counter()
        self._starts: set[str] = set()
        for line in lines:
            for word in line.split(" ")[1:-1]:
                core = word.strip(_AROUND)[:_LONGEST]
                self._whole[core] += 1
                self._starts.update(core[:length] for length in range(2, len(core) + 1))

    def go_on(self, line: str, following: str) -> bool:
        """Tell whether the last word of a line goes on in the following one."""
        last = line.rsplit(" ", 1)[-1]
        first = following.split(" ", 1)[0]
        if last[-1:] in ",;:":
            return first[:1].isdigit() and last[-2:-1].isdigit()
        if _GOES_ON.match(first):
            return True
        if _BEGINS.match(first) or (_LATIN.match(last[-1:]) and _LATIN.match(first)):
            return False
        core, next_core = last.strip(_AROUND), first.strip(_AROUND)
        if core and next_core and self._is_start(core, next_core):
            return True
        return not (_ENDED.fullmatch(last) or self._are_two(core, next_core))

    def _is_start(self, core: str, following: str) -> bool:
        """Tell whether both pieces together begin a word of the document."""
        return core + following[:2] in self._starts

    def _are_two(self, core: str, following: str) -> bool:
        """Tell whether both are words of the document by themselves."""
        return len(core) > 1 and self._whole[core] > 0 and self._whole[following] > 0


#: Characters of a word that are looked at.
_LONGEST = 20
