"""The paper forms (spec 10): one small file for each in `papers/`, what all records share here."""
