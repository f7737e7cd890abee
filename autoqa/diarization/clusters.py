"""How many speak, and which voice prints are whose: spectral clustering.

Each print keeps its nearest neighbours only; the graph of them falls into as many parts as there
are voices, which shows as the widest gap between the eigenvalues of its Laplacian (von Luxburg
2007, "A tutorial on spectral clustering"; neighbours pruned as in Park et al. 2019, "Auto-tuning
spectral clustering for speaker diarization"). No similarity of its own decides, since that depends
on the line: on synthesized speech one voice is alike by 0.84 and two by up to 0.77, on real
telephone lines one by 0.73, and across a table by 0.6.

Voices are joined again only where their centres are the same (``SAME``): a voice that was split
leaves work to those who name it by its words, but two that were joined nobody can part. Small
groups go to a large one that is near, else they stay what they are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from autoqa.diarization.interface import Floats

Labels = npt.NDArray[np.intp]

FEWEST = 10
"""Voice prints (7 s of speech) with fewer of which nobody is told from anybody."""
NEIGHBOURS, NEIGHBOUR_SHARE = 6, 0.012
MOST_VOICES = 8
SMALLEST = 4
"""Prints (3 s) of a group under which it may be what lies between two turns."""
NEAR = 0.8
"""Cosine of a small group's centre and a large one's from which it goes there."""
SAME = 0.95
"""Cosine of two centres from which they are one voice that was split. Two people were seen to have
0.92, halves of one voice 0.89 to 0.93."""
MOST_PRINTS = 1200
"""More are clustered by an even choice of them: 15 minutes of speech say who speaks."""

_ROUNDS = 100


def voices(prints: Floats) -> Floats:
    """The centre of each voice, (voices, width), of unit length; none where there is too little.

    ``prints``: (count, width), each of unit length, by time. Voices come in the order in which they
    are first heard.
    """
    if len(prints) < FEWEST:
        return np.zeros((0, prints.shape[1]), np.float32)
    if len(prints) > MOST_PRINTS:
        prints = prints[np.linspace(0, len(prints) - 1, MOST_PRINTS).astype(int)]
    labels = _without_small(prints, _spectral(prints))
    centres = _joined(prints, labels)
    first = [int(np.argmax(nearest(prints, centres) == one)) for one in range(len(centres))]
    return centres[np.argsort(first)]


def nearest(prints: Floats, centres: Floats) -> Labels:
    """The most alike centre of each print."""
    return np.asarray(np.argmax(prints @ centres.T, axis=1))


def _spectral(prints: Floats) -> Labels:
    alike = (prints @ prints.T).astype(np.float64)
    kept = max(NEIGHBOURS, round(NEIGHBOUR_SHARE * len(prints)))
    least = np.sort(alike, axis=1)[:, -kept, None]
    graph = np.where(alike >= least, np.maximum(alike, 0), 0)
    graph = (graph + graph.T) / 2
    np.fill_diagonal(graph, 0)
    values, vectors = np.linalg.eigh(np.diag(graph.sum(axis=1)) - graph)
    count = 1 + int(np.argmax(np.diff(values[: MOST_VOICES + 1])))
    return _means(vectors[:, :count], count)


def _means(points: npt.NDArray[np.float64], count: int) -> Labels:
    """K-means from the points that lie farthest apart: the same points, the same groups."""
    chosen = [int(np.argmax(((points - points.mean(axis=0)) ** 2).sum(axis=1)))]
    while len(chosen) < count:
        chosen.append(int(np.argmax(_squares(points, points[chosen]).min(axis=1))))
    centres = points[chosen]
    labels = np.zeros(len(points), np.intp)
    for _ in range(_ROUNDS):
        labels = np.argmin(_squares(points, centres), axis=1)
        moved = np.stack(
            [
                points[labels == one].mean(axis=0) if (labels == one).any() else centres[one]
                for one in range(count)
            ]
        )
        if np.allclose(moved, centres):
            break
        centres = moved
    return labels


def _squares(points: npt.NDArray[np.float64], centres: npt.NDArray[np.float64]) -> Floats:
    return np.asarray(((points[:, None] - centres[None]) ** 2).sum(axis=2))


def _centres(prints: Floats, labels: Labels) -> Floats:
    """Of the groups in the order of their labels."""
    means = np.stack([prints[labels == one].mean(axis=0) for one in np.unique(labels)])
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True))


def _without_small(prints: Floats, labels: Labels) -> Labels:
    names, counts = np.unique(labels, return_counts=True)
    large = names[counts >= SMALLEST]
    if not len(large):
        return np.zeros_like(labels)
    centres = _centres(prints[np.isin(labels, large)], labels[np.isin(labels, large)])
    for small in names[counts < SMALLEST]:
        [centre] = _centres(prints[labels == small], labels[labels == small])
        if float((centres @ centre).max()) >= NEAR:
            labels = np.where(labels == small, large[int(np.argmax(centres @ centre))], labels)
    return labels


def _joined(prints: Floats, labels: Labels) -> Floats:
    """Centres after joining, again and again, the two that are most alike."""
    while True:
        centres = _centres(prints, labels)
        alike = np.triu(centres @ centres.T, 1)
        one, other = np.unravel_index(int(np.argmax(alike)), alike.shape)
        if alike[one, other] < SAME:
            return centres
        names = np.unique(labels)
        labels = np.where(labels == names[other], names[one], labels)
