"""Benches: speech with ground truth, quality against it, and speed. Development only."""
