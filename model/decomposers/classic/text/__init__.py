"""Where words stand, their inks, and which lines are of one style."""
