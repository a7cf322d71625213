"""Pixels: everything that happens to a picture, and nothing that knows of the web, of rows or of queues.

"model" is the name of this package only (pictures, layers and what makes them), not of database tables.

    image           bytes from strangers -> plain RGBA pixels
    icc             an embedded colour profile -> sRGB
    content_hash    pixels -> the name of a picture; picture + model + parameters -> the name of a decomposition
    layers          Layer and Stack, the two nouns
    decomposers/    propose a raw stack (``classic``, ``qwen-image-layered``)
    refine/         make it true: the picture's own size, tidy, exact to the bit
    blend           how one pixel lies over another
    compositing     stack -> pixels
    fidelity        how far a stack is from its picture
    affine          maps of the plane
    premultiply     to premultiplied colours and back; averages
    resample        pixels at another size or place; what is turned or sheared by warp
    colour          CSS colours
    edits/          operations fold into one state a layer; a state renders to pixels
    encode          pixels -> PNG, WebP, JPEG bytes
    result          a stack as it is kept: PNGs that were checked, entries of a manifest
    file_name       what the file of a layer is called
    errors          what can go wrong with pixels
"""
