"""Images and a model, each a function: scikit-learn's handwritten digits, and a linear classifier of them."""

import numpy as np
import torch
from sklearn.datasets import load_digits
from torchvision import transforms

NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
LEARNED = 1_000
"""Of the 1,797 digits; the others are asked about."""


def digits(bright: float = 1.0) -> dict[str, object]:
    """What was not learned from, in the light ``bright``."""
    pixels, labels = load_digits(return_X_y=True)
    images = (pixels[LEARNED:].reshape(-1, 8, 8) * bright * 255 / 16).clip(0, 255).astype(np.uint8)
    return {
        "images": images,
        "labels": labels[LEARNED:],
        "classes": NAMES,
        "ids": [f"digit {row}" for row in range(LEARNED, len(labels))],
        "annotations": {"ink": images.mean(axis=(1, 2))},
    }


def linear(ridge: float = 10.0) -> torch.nn.Module:
    """Least squares on the pixels."""
    pixels, labels = load_digits(return_X_y=True)
    known = np.column_stack([pixels[:LEARNED] / 16, np.ones(LEARNED)])
    targets = np.eye(10)[labels[:LEARNED]] * 10 - 5
    weights = np.linalg.solve(known.T @ known + ridge * np.eye(65), known.T @ targets)
    layer = torch.nn.Linear(64, 10)
    layer.weight.data = torch.from_numpy(weights[:-1].T.copy()).float()
    layer.bias.data = torch.from_numpy(weights[-1].copy()).float()
    model = torch.nn.Sequential(torch.nn.Flatten(), layer)
    model.preprocess = transforms.Compose([transforms.Grayscale(), transforms.Resize((8, 8)), transforms.ToTensor()])
    model.class_names = NAMES
    return model
