"""Rules that QA staff write, and what they say of a call."""
