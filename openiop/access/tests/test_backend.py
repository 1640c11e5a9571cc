"""The database backend: how many rows fit in one statement."""

from django.db import connection


def test_a_statement_takes_no_more_parameters_than_the_server_binds() -> None:
    for fields in (1, 7, 26, 40):
        rows = connection.ops.bulk_batch_size(["field"] * fields, [])
        assert rows * fields <= 65_535 < (rows + 1) * fields
    assert connection.ops.bulk_batch_size([], []) == 65_535
