"""Change the text of a page of the site."""

from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.kernel.permits import Permit, Refused
from openiop.publishing.models import PageText
from openiop.publishing.queries.pages import page_versions
from openiop.publishing.rules.pages import parsed

WRITE, TABLE = "publishing.page.write", "publishing_pagetext"


@writes(WRITE)
def write_page(permit: Permit, key: str, text: str, *, after: int, language: str = "en") -> int:
    """A new version of a page's text; its number. `after` is the version it began from: a newer
    one is never written over. "" shows the shipped text again. Http404 for an unknown key;
    Refused with what is wrong in the text.
    """
    newest = page_versions(permit, key, language)[0].number
    taken = Refused(
        "page_newer", _("Somebody changed this page meanwhile."),
        _("Open it again in another tab, and add what you wrote."),
    )  # fmt: skip
    if newest != after:
        raise taken
    text = text.replace("\r\n", "\n").strip()
    if text:
        try:
            parsed(key, text)
        except ValueError as wrong:
            raise Refused("page_text", str(wrong), field="text") from None
    with refusing({"page_text_once": taken}):
        row = PageText.objects.create(
            organization_id=permit.organization, key=key, language=language, number=after + 1,
            text=text and f"{text}\n", written_at=permit.now, by_id=permit.staff,
        )  # fmt: skip
    permit.note(WRITE, table=TABLE, row=row.id, fields=("text",))
    return row.number
