"""The database backend: how many rows fit in one statement."""

import pytest
from django.db import connection, connections


def test_a_statement_takes_no_more_parameters_than_the_server_binds() -> None:
    for fields in (1, 7, 26, 40):
        rows = connection.ops.bulk_batch_size(["field"] * fields, [])
        assert rows * fields <= 65_535 < (rows + 1) * fields
    assert connection.ops.bulk_batch_size([], []) == 65_535


@pytest.mark.django_db
def test_every_connection_names_its_savepoints_from_one() -> None:
    own = connections.create_connection(connection.alias)

    def names() -> list[str]:
        own.connect()
        own.set_autocommit(False)
        found = [own.savepoint().rsplit("_", 1)[1] for _time in range(2)]
        own.rollback()
        own.close()
        return found

    assert [names(), names()] == [["x1", "x2"], ["x1", "x2"]]
