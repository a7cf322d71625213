"""The parts of a picture that one colour model explains, the background among them."""
