"""Time rules (时间规则): from one event to another at most so many minutes; they remind and stop no board (spec 04.9)."""
