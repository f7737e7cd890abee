"""Clients of the application without a network."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient


def local(app: FastAPI, **options: Any) -> TestClient:
    """One on this machine: without keys and people whoever asks from here may do all."""
    return TestClient(app, "http://127.0.0.1", client=("127.0.0.1", 50000), **options)


def remote(app: FastAPI, **options: Any) -> TestClient:
    """One on another machine."""
    return TestClient(app, "https://qa.example", client=("192.0.2.7", 50000), **options)
