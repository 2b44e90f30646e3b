"""A house on one machine: embedded PostgreSQL and Valkey, and the processes that live beside them."""
