"""Loading (上料防错): the right reel on the right slot, and which reel is in which board (spec 04)."""
