"""From elements to layers: how many, in which order, with what alpha, under which name."""
