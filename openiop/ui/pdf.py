"""Printed copies: a typst source and plain data in, the bytes of a PDF out."""

import json
from collections.abc import Mapping

_READ = "#let data = json(bytes(sys.inputs.data))\n"


def typeset(source: str, data: Mapping[str, object]) -> bytes:
    """The PDF of a typst `source`, which finds `data` under the name `data`.

    The data travels as JSON: what a person typed is a string in it and is never read as
    markup. Raises TypeError for what JSON cannot hold, `typst.TypstError` for a broken source.
    """
    import typst  # large, and few pages need it

    inputs = {"data": json.dumps(data)}
    return typst.compile((_READ + source).encode(), sys_inputs=inputs)
