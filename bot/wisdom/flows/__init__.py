"""The two ways to ask a question at a tenant, each from its first attempt to its last."""
