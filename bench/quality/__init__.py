"""How well a decomposer isolates the elements of posters whose true layers are known."""
