from bot.sandbox.slack import commands, manifest
from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.workspace import Workspace


def test_names_are_escaped_and_back() -> None:
    """Known names become references, typed or already linked; unknown ones stay, and & < > are entities."""
    workspace = Workspace(manifest=manifest.load(), options=SlackOptions(), clock=ManualClock())
    ada, sales = workspace.users["ada"].id, workspace.channels["sales"]
    typed = f"@ada <@{ada}> #sales @nobody a@ada 1 < 2 & 3"
    expected = f"<@{ada}|ada> <@{ada}|ada> <#{sales}|sales> @nobody a@ada 1 &lt; 2 &amp; 3"
    assert commands.escaped(workspace, typed) == expected
    assert commands.unescaped(workspace, f"<@{ada}> in <#{sales}> & more") == "@ada in #sales & more"
