"""Derive: a documentation page in, what it claims, a schema and an OpenAPI document out."""
