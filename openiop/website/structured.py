"""Facts for search engines, in the words of schema.org, as a block of data no browser runs."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from openiop.access.queries import PublicClinic
from openiop.publishing.queries.published import Published

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def script(data: Mapping[str, Any]) -> SafeString:
    """The data as an element; nothing in it can end the element early."""
    told = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False)
    safe = told.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return SafeString(f'<script type="application/ld+json">{safe}</script>')


def faq_data(asked: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Questions with their answers."""
    return {
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question", "name": head,
                "acceptedAnswer": {"@type": "Answer", "text": _plain(text)},
            }
            for head, text in asked
        ],
    }  # fmt: skip


def clinic_data(clinic: PublicClinic, organization: str, url: str) -> dict[str, Any]:
    """A clinic: where it is, when it is open."""
    return {
        "@type": "MedicalClinic", "name": f"{organization} {clinic.name}", "url": url,
        "telephone": clinic.phone, "parentOrganization": {
            "@type": "MedicalOrganization", "name": organization,
        },
        "address": {
            "@type": "PostalAddress", "streetAddress": clinic.street,
            "addressLocality": clinic.city, "addressRegion": clinic.state,
            "postalCode": clinic.zip_code, "addressCountry": "US",
        },
        "openingHoursSpecification": [
            {
                "@type": "OpeningHoursSpecification", "dayOfWeek": DAYS[int(day)],
                "opens": hours[0], "closes": hours[1],
            }
            for day, hours in sorted(clinic.hours.items())
        ],
    }  # fmt: skip


def article_data(found: Published, organization: str, url: str) -> dict[str, Any]:
    """An article: who reviewed it and when, what it rests on."""
    return {
        "@type": "MedicalWebPage", "headline": found.title, "description": found.summary,
        "url": url, "inLanguage": "en",
        "datePublished": found.published_at.date().isoformat(),
        "dateModified": found.written_at.date().isoformat(),
        "lastReviewed": found.reviewed_on.isoformat(),
        "reviewedBy": {
            "@type": "Person", "name": found.reviewer, "jobTitle": found.credentials,
        },
        "publisher": {"@type": "MedicalOrganization", "name": organization},
        "citation": [f"{each.text}, {each.year}" for each in found.sources],
    }  # fmt: skip


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", strip_tags(text)).strip()
