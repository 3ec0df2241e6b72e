"""The figures of quality: what is counted of every visit, what is reckoned from it, the dashboard and its spreadsheet."""
