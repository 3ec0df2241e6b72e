"""The doors: HTTP in, one action or query, HTTP out."""
