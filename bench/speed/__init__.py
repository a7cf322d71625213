"""Seconds and memory of one picture through a model, refine and the encoder, by the picture's size."""
