"""From noise to layers.

denoise     one run of the model
method      what gives the mathematics of diffusers, and what is faster
latents     pixels to tokens, and back
schedule    how much noise is left at each step
samplers    the equation, solved step by step
velocity    what the model answers at one step; guidance, and step_cache for steps that do not ask it
pace        one step behind the device
"""
