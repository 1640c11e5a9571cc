"""Numbers people read aloud: record numbers with a check digit."""


def luhn_digit(digits: str) -> str:
    """The Luhn check digit of a string of decimal digits (ISO/IEC 7812-1)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def record_number(serial: int) -> str:
    """A record number of at least eight digits, the last one a check digit: 123 -> 00001230."""
    digits = f"{serial:07d}"
    return digits + luhn_digit(digits)


def is_record_number(text: str) -> bool:
    """Could this be a record number, typed without a slip?"""
    return (
        len(text) >= 8 and text.isascii() and text.isdigit() and luhn_digit(text[:-1]) == text[-1]
    )
