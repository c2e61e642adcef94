"""The Slack client side: posting, editing, files."""
