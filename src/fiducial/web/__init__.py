"""The shell of the pages: layout, macros, look, scan box. See README.md."""
