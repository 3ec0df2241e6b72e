"""A Manufacturing Execution System for SMT and DIP lines."""

__version__ = "0.1.0"
