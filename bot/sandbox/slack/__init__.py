"""A local Slack workspace: one store, and thin surfaces over it (Web API, Socket Mode, HTTP, a web page)."""
