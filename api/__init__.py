"""The HTTP service and the workbench, on the same store and rules as the command line."""
