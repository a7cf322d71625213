"""From a raw stack at the size of a model to a true one at the size of the picture."""
