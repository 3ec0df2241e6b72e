"""The dataset `rich` (spec 12.4, 12.5): a plant that has been at work, told by the people who would do it, in its own time."""
