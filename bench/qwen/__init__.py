"""What ``python -m bench gpu`` measures the diffusion model with.

checkpoint   half a megabyte of random weights in the real format on disk
full_size    random weights of the real size, made on the device
floor        the least time the arithmetic allows
phases       one picture through the worker's code, with a clock on each part
modes        the ways to run the model, each compared with the reference
memory       the memory modes, each within what it says it needs
"""
