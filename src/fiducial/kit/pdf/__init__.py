"""Making PDFs: pages that look like the plant's paper, and the codes that scanners read from them."""
