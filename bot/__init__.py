"""Ask your data in Slack: WisdomAI's answers, streamed into the thread with their chart and SQL."""

__version__ = "0.1.0"
