"""In-process inspection (IPQC, spec 06.8): points, first pieces of a segment (段首件), patrols (巡检)."""
