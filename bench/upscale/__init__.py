"""How near to the truth refine brings layers of a small model's size, beside upscaling without the picture."""
