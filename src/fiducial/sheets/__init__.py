"""Lists taken away as spreadsheets, and lists filled from them."""
