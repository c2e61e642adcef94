"""Indigo.ai in Slack: chats, transcripts, exports, members, reports."""
