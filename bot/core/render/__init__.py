"""A document becomes Slack messages."""
