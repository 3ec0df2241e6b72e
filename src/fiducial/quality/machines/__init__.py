"""What machines find: results of SPI and AOI, the visit each of them is about, and what a FAIL does."""
