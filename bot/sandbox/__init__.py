"""A local WisdomAI tenant and a local Slack workspace, to try, test and measure the bot against."""
