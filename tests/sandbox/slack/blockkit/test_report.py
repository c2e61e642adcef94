from bot.sandbox.slack.blockkit.report import Problem, Report


def test_a_problem_says_what_and_where() -> None:
    """It reads as in Slack's answers, with a JSON pointer."""
    report = Report("message")
    report.add("/blocks/0/text", "must be a string")
    assert report.problems == [Problem("/blocks/0/text", "must be a string")]
    assert str(report.problems[0]) == "must be a string [json-pointer:/blocks/0/text]"


def test_reports_do_not_share_what_they_found() -> None:
    """Each payload is counted by itself."""
    one, two = Report("message"), Report("modal")
    one.add("/", "x")
    one.block_ids.add("b")
    one.files.append(("/", "F1"))
    assert (two.problems, two.block_ids, two.files) == ([], set(), [])
