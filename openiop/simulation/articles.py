"""The demo's articles: two on the site, one that waits for a clinician; what people asked."""

from datetime import datetime, timedelta
from typing import Any

from openiop.access import door
from openiop.kernel.acts import Role
from openiop.publishing.actions import articles, questions
from openiop.publishing.rules.articles import Source
from openiop.simulation.network import Network, words

WRITTEN, ASKED = timedelta(weeks=4), timedelta(days=9)


def write(network: Network, now: datetime) -> int:
    """Written by intake, reviewed by a clinician, published by a director; how many articles."""
    plan, team = words("articles"), network.clinics[0].team
    writer, clinician, director = (
        team[role][0][1] for role in (Role.INTAKE, Role.CLINICIAN, Role.DIRECTOR)
    )
    at, ids = now - WRITTEN, dict[str, int]()
    for each in plan["articles"]:
        with door.opened_for(writer, "publishing.write", now=at) as permit:
            made = articles.begin_article(permit, each["slug"], _draft(each, ids))
            ids[each["slug"]] = made
            articles.ask_review(permit, made, 1)
        if each["published"]:
            with door.opened_for(clinician, "publishing.review", now=at) as permit:
                articles.accept_article(permit, made, 1)
            with door.opened_for(director, "publishing.publish", now=at) as permit:
                articles.publish(permit, made, 1)
    for number, each in enumerate(plan["questions"]):
        _asked(network.organization, clinician, each, now - ASKED + number * timedelta(days=2))
    return len(plan["articles"])


def _draft(each: Any, ids: dict[str, int]) -> articles.Draft:
    sources = [Source(**source) for source in each["sources"]]
    related = [ids[slug] for slug in each.get("related", ())]
    return articles.Draft(
        each["title"], each["summary"], each["body"], each["change"], sources, related
    )


def _asked(organization: int, clinician: int, each: Any, at: datetime) -> None:
    asked = questions.Asked(each["text"], each["alias"])
    with door.opened_for_job("publishing.ask", organization, now=at, actor="public") as permit:
        one = questions.ask(permit, each["slug"], asked).question
    if each["answer"]:
        later = at + timedelta(hours=3)
        with door.opened_for(clinician, "publishing.question.answer", now=later) as permit:
            questions.show_question(permit, one, each["text"])
            questions.reply(permit, one, each["answer"])
