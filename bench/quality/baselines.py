"""What costs nothing: the whole picture as one layer, and one layer for each of five colours."""

import cv2
import numpy as np

from model.layers import Layer, Pixels, Stack


def nothing(picture: Pixels) -> Stack:
    return Stack(picture.shape[1], picture.shape[0], (Layer(picture, name="picture", kind="background"),))


def five_colors(picture: Pixels) -> Stack:
    """k-means in RGB; the largest colour is the background, filled with its mean."""
    flat = picture[:, :, :3].reshape(-1, 3).astype(np.float32)
    cv2.setRNGSeed(0)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 1.0)
    _, _, centers = cv2.kmeans(flat[::37], 5, np.zeros(0, np.int32), criteria, 2, cv2.KMEANS_PP_CENTERS)
    distances = ((flat[:, None, :] - centers[None]) ** 2).sum(axis=2)
    labels = distances.argmin(axis=1).reshape(picture.shape[:2])
    ground = int(np.bincount(labels.ravel()).argmax())
    base = picture.copy()
    base[labels != ground, :3] = np.rint(centers[ground]).astype(np.uint8)
    layers = [Layer(base, name="background", kind="background")]
    for color in range(5):
        if color != ground:
            pixels = picture.copy()
            pixels[labels != color] = 0
            layers.append(Layer(pixels, name=f"colour {color}"))
    return Stack(picture.shape[1], picture.shape[0], tuple(layers))
