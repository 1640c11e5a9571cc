"""What `publishing` can be asked."""

from openiop.publishing.queries.pages import disclaimer, page_text, page_texts

__all__ = ["disclaimer", "page_text", "page_texts"]
