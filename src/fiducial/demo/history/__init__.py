"""A past in bulk (spec 12.6): rows that the program wrote, copied under new keys, serials and times."""
