"""Templates: what is fixed in a document and what may vary, and pictures of it with other values.

variable   what may vary: a property of some layers, and which values it takes
declare    variables as somebody gives them, checked against the scene
values     values -> operations on top of the scene
apply      these operations on the scene, complaints pointing at the values
find       a template at a version, its scene readable
write      a new version; restore and delete
render     values -> the picture
"""
