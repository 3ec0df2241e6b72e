"""Spreadsheets in and out: what people take away from a list, and what they bring to fill one."""
