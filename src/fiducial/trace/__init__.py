"""What was done to a board, read from what the other rooms wrote (spec 07). Writes nothing."""
