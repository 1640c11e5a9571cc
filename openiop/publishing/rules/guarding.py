"""What must not stand in public: who somebody is, that somebody is in care, a life in danger.

Doubt is settled for the alarm: a person looks at everything before it is shown, and a guard only
says where to look. What it finds is a stretch of the text with a reason in words.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple


class Finding(NamedTuple):
    """A stretch of a text, [start, end), with its `kind` and what stands there."""

    kind: str
    start: int
    end: int
    text: str


# Kinds of what tells who somebody is, and the words put in their place.
WORDS = {
    "email": "an e-mail address", "phone": "a phone number", "number": "an ID number",
    "born": "a date of birth", "street": "a street address", "name": "a full name",
    "named": "a name of somebody else", "care": "that somebody is in our care",
}  # fmt: skip
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_NAME = r"[A-ZÁÉÍÓÚÑÜ][\w'’-]+"
_KIN = (
    "son|daughter|husband|wife|mom|mother|dad|father|brother|sister|partner|friend|boyfriend|"
    "girlfriend|boss|cousin|uncle|aunt|roommate|neighbor|counselor|therapist"
)
_DATE = (
    rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:19|20)?\d{{2}}|(?:{_MONTHS})[a-z]*\.? \d{{1,2}},? \d{{4}})"
)
_WHO = {
    "email": r"[\w.+-]+@[\w-]+\.[\w.-]*\w",
    "phone": r"(?<![\w-])(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}(?![\w-])",
    "number": r"(?<![\w-])(?:\d{3}-\d{2}-\d{4}|(?i:member|policy|record|case|mrn|ssn|id)"
    r"(?i:\s+(?:id|number|no\.?|is|#))*[\s:#]*(?=\w*\d{4})[\w-]{5,})",
    "born": rf"(?i:\b(?:born|dob|birthday|birth date|date of birth)\b[^.\n]{{0,15}}?{_DATE})",
    "street": r"\b\d{1,5} (?:[NSEW]\.? )?(?:[A-Z]\w+ ){1,3}"
    r"(?:St|Street|Ave|Avenue|Rd|Road|Blvd|Boulevard|Dr|Drive|Ln|Lane|Ct|Court|Way)\b\.?",
    "name": rf"(?i:\b(?:my (?:full )?name is|i am called|this is|i['’]?m|i am|"
    rf"me llamo|mi nombre es|soy))\s+{_NAME}"
    rf"(?:\s+[A-Z]\.?)?\s+{_NAME}",
    "named": rf"\b(?i:my (?:{_KIN}|ex)(?:'s name is)?,?)\s+{_NAME}(?:\s+{_NAME})?",
}
_CARE = (
    r"(?<!could )(?<!can )(?<!may )(?<!should )\b(?:i|he|she|they|we|who|(?:my|his|her|their) \w+)"
    r"(?:['’]m|['’]re|['’]s| am| are| is| was| "
    r"were|['’]ve been| have been| has been)? "
    r"(?:currently |now |already |still )?"
    r"(?:a (?:patient|client) (?:of yours|there|here|at|with)|in your (?:program|group|care|evening"
    r"|morning|clinic)|with you (?:for|since)|enrolled (?:with you|at your|in your)|"
    r"(?:go|goes|going|went|come|comes|came) to your (?:clinic|group|program|evening|morning)|"
    r"(?:see|sees|saw) (?:your|dr\.?|doctor) \w+ (?:at|in|every|on))",
    r"\bmy (?:counselor|therapist|group|doctor) (?:there|at your|in your|here)",
    r"\byour (?:counselor|therapist|doctor|nurse) [A-Z]\w+",
)
# 988 and a human being, in plain words and in those people use to hide it.
_CRISIS = (
    r"kill(?:ing)? (?:myself|himself|herself|themsel\w+)", r"kill me\b", r"suicid\w*",
    r"(?:end(?:ing)?|take|taking) (?:it all|my (?:own )?life|his life|her life|their life)",
    r"(?:want|wanna|going|ready|rather|try(?:ing)?|wish(?: i)?(?: could)?)(?: to)? (?:die|be dead)",
    r"better off (?:dead|without me)", r"(?:no|don['’]?t have a|not a) reason to (?:live|go on)",
    r"(?:don['’]?t|do not) want to (?:live|be here|wake up|exist|be alive)",
    r"(?:hurt|harm|cut)(?:ting|ing)? (?:myself|himself|herself)", r"self[- ]harm\w*",
    r"(?:can['’]?t|cannot) (?:go on|take it) ?(?:any ?more|any longer)?",
    r"(?:took|taken|swallow\w*) (?:all|a whole|the whole|too many|a bottle)\b",
    r"overdos(?:ed|ing)", r"(?:is|are|not) (?:not )?breathing", r"turning blue",
    r"won['’]?t wake up", r"goodbye (?:everyone|forever|all)", r"\bkms\b", r"\bunaliv\w+",
    r"(?:quiero|voy a|deseo) (?:morir|matar)\w*", r"matarme", r"quitarme la vida",
    r"no quiero (?:vivir|seguir)", r"no respira",
    r"(?:kill|shoot|stab|hurt) (?:him|her|them|someone|somebody|everyone|people)",
)  # fmt: skip
_FOUND = {kind: re.compile(pattern) for kind, pattern in _WHO.items()}
_FOUND["care"] = re.compile("|".join(_CARE), re.I)
_DANGER = re.compile(rf"\b(?:{'|'.join(_CRISIS)})", re.I)
# "I am Very Tired" begins like a name.
_NO_NAME = re.compile(
    r"\b(?:Very|So|Not|Really|Too|Just|Still|Also|From|In|At|On|A|An|The|Your|Our|My|Texas|Chicago|"
    r"Houston|Illinois|Worth|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|IOP|PHP)\b"
)


def in_danger(text: str) -> bool:
    """Does somebody speak of dying, of killing, or of somebody who does not breathe?"""
    return _DANGER.search(text) is not None


def findings(text: str) -> list[Finding]:
    """What tells who somebody is, or that somebody is in care here, in order; no overlaps."""
    found = [
        Finding(kind, match.start(), match.end(), match[0])
        for kind, pattern in _FOUND.items()
        for match in pattern.finditer(text)
        if kind != "name" or not _NO_NAME.search(match[0].partition(" ")[2])
    ]
    return _apart(found)


def _apart(found: Iterable[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for each in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def redacted(text: str, found: Iterable[Finding]) -> str:
    """The text with what was found taken out, and in its place what kind of thing stood there."""
    for each in sorted(found, reverse=True, key=lambda one: one.start):
        text = f"{text[: each.start]}[{WORDS[each.kind]}]{text[each.end :]}"
    return text


# --- what staff answer -------------------------------------------------------------------------

_CONFIRMS = (
    r"\byour (?:own )?(?:counselor|therapist|nurse|prescriber|care team|chart|record|records|file|"
    r"appointment|admission|discharge|enrollment|diagnosis|test results?|results?|medications?|"
    r"prescription|dose|progress|treatment plan|next (?:session|group|visit)|last (?:session|group|"
    r"visit)|session|group (?:on|at|this|last|next)|treatment (?:with|at|here))\b",
    r"\b(?:as|since|when|while|because|now that) you(?:['’]re|['’]ve been| are| were| have been)? "
    r"(?:a |an |our |one of our )?(?:patients?|here|with us|in (?:our|the|your) "
    r"(?:program|group|care|clinic)|enrolled|admitted|discharged)",
    r"\byou(?:['’]re| are| were|['’]ve been| have been) "
    r"(?:a |an |our |one of our |no longer |not )*(?:patients?|enrolled|admitted|discharged|"
    r"scheduled|in our (?:program|care|group))",
    r"\b(?:he|she|they|your \w+|nobody|no one)(?:['’]s|['’]re| is| are| was| were| has been)? "
    r"(?:not |no longer |currently |never )*(?:a |an |our |one of our )*"
    r"(?:patients?|enrolled|admitted|in our "
    r"(?:program|care|group)|with us|here with us|coming to (?:us|group))",
    r"\b(?:we|i|our \w+)(?:['’]ve| have| had)? "
    r"(?:saw|seen|see|met|treated|treat|admitted|discharged|prescribed|tested|enrolled|"
    r"remember) (?:you|him|her|them|your)\b",
    r"\b(?:great|good|nice|glad|lovely|pleasure|happy) (?:to (?:see|have|have had)|having|seeing|"
    r"meeting|you (?:came|joined|could join|made it)|working with) ?(?:you|him|her|them)?",
    r"\bsee you (?:on|at|in|again|next|tomorrow|tonight|soon|this|later|there|mon|tue|wed|thu|fri)",
    r"\b(?:thank you|thanks) for (?:coming|attending|joining|being (?:a|our|with)|your (?:visit|"
    r"attendance))", r"\bwelcome back\b", r"\bwe miss(?:ed)? you\b",
    r"\b(?:we|i) (?:looked|checked|pulled|found|see) (?:up |in |at |it in )?(?:your|his|her|their) "
    r"(?:\w+ )?(?:chart|record|records|file|account)",
    r"\bin your (?:case|group|program|chart|file)\b",
)  # fmt: skip
_CONFIRMING = re.compile("|".join(_CONFIRMS), re.I)
_GREETING = re.compile(
    r"\A\s*(?i:hi|hello|hey|dear|good (?:morning|afternoon|evening)|thanks|thank you)[ ,]+"
    r"([A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*)"
)
_POLITE = {"There", "All", "Everyone", "Friend", "You", "And", "For", "Again"}
CONFIRMS, OTHER_NAME = "confirms", "other_name"


def confirmations(text: str, alias: str = "") -> list[Finding]:
    """Where an answer would tell that somebody is, was or is not a patient here (42 CFR 2.13(c):
    neither may be told), calls the asker by a name they did not give, or tells who somebody is."""
    found = [
        Finding(CONFIRMS, match.start(), match.end(), match[0])
        for match in _CONFIRMING.finditer(text)
    ]
    greeted = _GREETING.search(text)
    if greeted and greeted[1] not in _POLITE and not _same(greeted[1], alias):
        found.append(Finding(OTHER_NAME, greeted.start(1), greeted.end(1), greeted[1]))
    return _apart([*found, *(each for each in findings(text) if each.kind in ("name", "named"))])


def _same(name: str, alias: str) -> bool:
    given = alias.casefold().split()
    return bool(given) and all(word in given for word in name.casefold().split())
