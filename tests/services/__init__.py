"""What the tests need beside the program: a real PostgreSQL and a real browser."""
