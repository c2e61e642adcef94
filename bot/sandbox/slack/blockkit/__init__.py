"""Slack's rules for blocks, as tables of shapes.

Sources: https://docs.slack.dev/reference/block-kit and the limits that servers were observed to enforce.
Newer blocks are checked as far as their reference pages go; ``auth_provider`` and ``call`` only by type.
"""
