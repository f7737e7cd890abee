"""For all tests: none judges how fast the machine is."""

from hypothesis import HealthCheck, settings

settings.register_profile("autoqa", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("autoqa")
