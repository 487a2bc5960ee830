"""Rows that come in: which column says what, what its cells say, and where a table's rows begin and end."""
