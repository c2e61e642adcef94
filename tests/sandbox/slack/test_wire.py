from bot.sandbox.slack import wire


def test_secrets_are_masked_everywhere() -> None:
    """Tokens, tickets and one-time addresses are shortened, however deep they lie."""
    value = {
        "a": ["xoxb-1-2-abc", {"b": "ws://h/link?ticket=abc-1&app_id=A"}],
        "c": "http://h/hooks/0af",
        "n": 1,
    }
    assert wire.masked(value) == {
        "a": ["xoxb-…", {"b": "ws://h/link?ticket=…&app_id=A"}],
        "c": "http://h/hooks/…",
        "n": 1,
    }


def test_readers_do_not_trust() -> None:
    """What is of the wrong kind reads as empty."""
    payload = {"text": 1.5, "list": "no", "map": [], "mixed": [1, {"a": 2}]}
    assert wire.text(payload, "text") == "1.5"
    assert wire.text({"text": True}, "text") == ""
    assert (wire.array(payload, "list"), wire.mapping(payload, "map")) == ((), {})
    assert wire.objects(payload, "mixed") == ({"a": 2},)
