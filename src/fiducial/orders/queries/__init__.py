"""The reads of orders, runs and units, one file for each idea."""
