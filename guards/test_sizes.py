"""Short functions and short files: what does not fit on a screen is not read."""

from guards.sources import ROOT, functions, modules, where

SHORT, LONGEST = 30, 60
FILE, LONGEST_FILE, TEST_FILE = 400, 500, 700


def _lines(node: object) -> int:
    """Lines of a function without its decorators and its docstring."""
    first = node.body[0]  # type: ignore[attr-defined]
    told = isinstance(getattr(getattr(first, "value", None), "value", None), str)
    docstring = first.end_lineno - first.lineno + 1 if told else 0
    return int(node.end_lineno - node.lineno + 1 - docstring)  # type: ignore[attr-defined]


def test_nearly_all_functions_are_short() -> None:
    sizes = [_lines(one) for path in modules() for one in functions(path)]
    assert sum(size < SHORT for size in sizes) / len(sizes) >= 0.95


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{where(path, one)} {one.name}: {_lines(one)} lines"
        for path in modules(tests=True)
        for one in functions(path)
        if _lines(one) > LONGEST
    ]
    assert long == []


def test_a_file_that_grows_becomes_a_folder() -> None:
    sizes = {path: path.read_text().count("\n") for path in modules(tests=True)}
    long = {
        str(path.relative_to(ROOT)): lines
        for path, lines in sizes.items()
        if lines > (TEST_FILE if "tests" in path.parts else LONGEST_FILE)
    }
    assert long == {}
    assert sum(lines <= FILE for lines in sizes.values()) / len(sizes) >= 0.95
