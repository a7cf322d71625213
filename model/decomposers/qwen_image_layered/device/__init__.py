"""How the model runs on the device that is here.

host       how much main memory is free
plan       which numbers, and how the parts share the device's memory
placement  the device, and the plan that runs on it
arrange    parts to the device and away from it
memory     too little of it is an error with a name
quantise   weights in fp8 or 4 bits
half       float16 that does not overflow
kernels    the same mathematics by faster kernels; attention is one of them
tables     the rotary tables of the sizes last used
"""
