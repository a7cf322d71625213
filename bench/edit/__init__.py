"""How soon an edit is to be seen, beside composing all layers anew."""
