"""Declared forms: from one declaration follow the table, the shapes on the wire, the filters, the view for reports and the print."""
