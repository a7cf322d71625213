"""The model's weights on the hub and on the disk; no PyTorch.

sizes   of weights and of what computing needs
folder  weights on the disk, looked at before anything is loaded
whole   files of weights that were cut off
fetch   from the hub to the disk; resume and bars help
"""
