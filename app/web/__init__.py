"""The only HTTP: one file a resource."""
