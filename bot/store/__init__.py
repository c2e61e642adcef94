"""Durable state: a small protocol, and its embedded implementation."""
