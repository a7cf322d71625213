"""What is done to pixels before the model and after it; no PyTorch.

frame       the picture at a size the model knows, and the way back
separation  whether the picture came apart
parts       the things that a layer holds
auto        as many layers as the picture has: what holds several things is split further
extraction  one object taken out, and what lies behind it
"""
