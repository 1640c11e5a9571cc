"""A form field says its name, hint and error, to eyes and to screen readers alike."""

from django import forms
from django.template.loader import render_to_string

from openiop.ui.examples import Sample, sample
from openiop.ui.forms import DeskForm
from openiop.ui.templatetags.ui import anchor, field, is_check
from openiop.ui.tests.html import Page


def wrong() -> Sample:
    """The sample form, sent with nothing but a kind that does not exist."""
    return sample({"s-kind": "x"}, prefix="s")


def control(page: Page, name: str) -> dict[str, str | None]:
    """The attributes of the control of that name."""
    tags = page.all("input") + page.all("select") + page.all("textarea")
    return next(each for each in tags if each.get("name") == name)


def test_a_hint_is_tied_to_its_control() -> None:
    page = Page(field(sample(prefix="s")["name"]))
    assert control(page, "s-name")["aria-describedby"] == "id_s-name_helptext"
    assert page.words == "Preferred name As it should be said in the group."


def test_an_error_stands_at_its_field_and_is_tied_to_the_control() -> None:
    page = Page(field(wrong()["name"]))
    tied = control(page, "s-name")
    assert tied["aria-describedby"] == "id_s-name_helptext id_s-name_error"
    assert tied["aria-invalid"] == "true"
    assert page.words == ("Preferred name As it should be said in the group. Error: Fill this in.")


def test_a_group_of_choices_has_a_legend_and_carries_its_error() -> None:
    page = Page(field(wrong()["risk"]))
    assert page.all("fieldset")[0]["aria-describedby"] == "id_s-risk_error"
    assert page.words.startswith("Risk statement Error: Choose one. Nothing new said")


def test_only_fields_one_may_leave_say_so() -> None:
    said = {bound.name: "(optional)" in Page(field(bound)).words for bound in sample()}
    assert [name for name, optional in said.items() if optional] == ["days", "at", "find", "card"]


def test_a_single_box_stands_before_its_label() -> None:
    bound = sample(prefix="s")["text_ok"]
    tags = [tag for tag, _attrs in Page(field(bound)).tags]
    assert tags == ["div", "div", "input", "label"]
    assert [each.name for each in sample() if is_check(each)] == ["text_ok"]


def test_days_and_times_use_the_browsers_own_controls() -> None:
    page = Page(str(sample(prefix="s")))
    assert {name: control(page, f"s-{name}")["type"] for name in ("born", "starts", "at")} == {
        "born": "date", "starts": "time", "at": "datetime-local",
    }  # fmt: skip


def test_a_known_day_is_shown_as_the_browser_wants_it() -> None:
    form = sample({"s-born": "1992-03-04", "s-starts": "18:00"}, prefix="s")
    page = Page(str(form))
    assert control(page, "s-born")["value"] == "1992-03-04"
    assert control(page, "s-starts")["value"] == "18:00"


def test_the_summary_lists_every_error_and_jumps_to_its_control() -> None:
    page = Page(str(wrong()))
    assert page.faults == []
    assert [a["href"] for a in page.all("a")] == [
        "#id_s-name", "#id_s-narrative", "#id_s-kind", "#id_s-risk_0", "#id_s-born", "#id_s-starts",
    ]  # fmt: skip
    assert page.loose_references() == []
    assert all(str(a["href"])[1:] in page.ids for a in page.all("a"))


def test_the_summary_is_silent_when_nothing_is_wrong() -> None:
    assert 'class="error-summary"' not in str(sample())


def test_an_error_of_the_whole_form_stands_in_the_summary() -> None:
    form = sample({"s-kind": "c"}, prefix="s")
    form.add_error(None, "Room 2 is taken then.")
    page = Page(render_to_string("ui/components/error_summary.html", {"form": form}))
    assert page.words.startswith("Please check this form Room 2 is taken then.")


def test_a_hidden_field_is_sent_but_not_shown() -> None:
    class Versioned(DeskForm):
        version = forms.IntegerField(widget=forms.HiddenInput)
        text = forms.CharField()

    page = Page(str(Versioned(initial={"version": 7})))
    assert control(page, "version")["value"] == "7"
    assert page.words == "Text"


def test_a_fields_own_sentence_is_kept() -> None:
    class Own(DeskForm):
        code = forms.CharField(error_messages={"required": "Type the code of the clinic."})

    assert Own({}).errors["code"] == ["Type the code of the clinic."]


def test_any_django_form_renders_the_same_way() -> None:
    class Plain(forms.Form):
        email = forms.EmailField(help_text="At work.")

    page = Page(str(Plain({"email": "x"})))
    assert page.faults == []
    assert control(page, "email")["aria-describedby"] == "id_email_helptext id_email_error"


def test_what_a_field_says_is_escaped() -> None:
    class Sly(DeskForm):
        name = forms.CharField(label="<b>Name</b>")

    assert Page(str(Sly({"name": '"><script>x</script>'}))).faults == []
    assert "<b>" not in str(Sly({}))


def test_the_anchor_of_a_plain_field_is_its_control() -> None:
    assert anchor(sample(prefix="s")["name"]) == "id_s-name"
    assert anchor(sample(prefix="s")["days"]) == "id_s-days_0"
