"""Lives a network's past by the rooms' own actions: the demo, the soak test, the bench's data.

Owns no table."""
