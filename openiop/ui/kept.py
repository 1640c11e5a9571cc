"""`{% kept %}`: what is the same in many answers is rendered once."""

import re
from typing import Any

from django.template import Context, Node
from django.template.base import NodeList, Parser, Token
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from openiop.ui.markup import markup

MOST = 512
# Stand in the kept text where each answer puts its own values; characters that mean nothing.
MARKS = [chr(number) for number in range(0xE000, 0xE010)]
_MARK = re.compile(f"[{MARKS[0]}-{MARKS[-1]}]")


class Kept(Node):
    """Renders its content once for each language and each set of the values it depends on.

    Inside, no other variable is known than those named, so that nothing of one request can stay
    in the answer to another: the values of `same` make the key, those of `own` are put in anew.
    """

    def __init__(self, content: NodeList, same: list[str], own: list[str]) -> None:
        self.content, self.same, self.own = content, same, own
        self.kept: dict[Any, str] = {}

    def render(self, context: Context) -> SafeString:
        """The kept text with the values of this answer in it."""
        same = {name: context.get(name) for name in self.same}
        key = (get_language(), _still(list(same.values())))
        text = self.kept.get(key)
        if text is None:
            text = self.content.render(context.new(same | dict(zip(self.own, MARKS, strict=False))))
            if len(self.kept) >= MOST:
                self.kept.clear()
            self.kept[key] = text
        own = {
            mark: markup("{}", _shown(context.get(name)))
            for mark, name in zip(MARKS, self.own, strict=False)
        }
        return SafeString(_MARK.sub(lambda mark: own.get(mark[0], ""), text))


def _shown(value: Any) -> Any:
    return "" if value is None else value


def _still(value: Any) -> Any:
    """Lists and dictionaries as tuples, which can be a key."""
    if isinstance(value, dict):
        return tuple((name, _still(each)) for name, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(_still, value))
    return str(value) if isinstance(value, Promise) else value


def kept(parser: Parser, token: Token) -> Kept:
    """`{% kept a b but c d %}…{% endkept %}`: kept for each value of a and b; c and d are put in
    for each answer, as they are: no filter and no condition may stand on them."""
    same, _but, own = token.contents.partition(" but ")
    content = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(content, same.split()[1:], own.split())
