"""Pages for QA staff: calls, one call, rules, dashboards."""
