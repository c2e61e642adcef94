"""Conversations as tables: the questions, and plain SQL for the rows of the last answer.

The sales tables are those of 1 June 2025.
"""

# ruff: noqa: S608 -- these statements are the tests' own, put together from constants

JOINED = "opportunities o JOIN accounts a ON a.id = o.account_id JOIN owners p ON p.id = o.owner_id"
OPEN = "stage NOT LIKE 'Closed%'"

SALES_DIALOGS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("What is the expected revenue from each opportunity?",),
        "SELECT name, expected_revenue FROM opportunities",
    ),
    (
        ("What is the expected revenue from each opportunity?", "Total expected across all?"),
        "SELECT ROUND(SUM(expected_revenue), 2) FROM opportunities",
    ),
    (("how many deals are there",), "SELECT COUNT(*) FROM opportunities"),
    (("HOW MANY OPEN OPPS???",), f"SELECT COUNT(*) FROM opportunities WHERE {OPEN}"),
    (("hwo many oportunities in EMEA",), f"SELECT COUNT(*) FROM {JOINED} WHERE region = 'EMEA'"),
    (("total amount by stage",), "SELECT stage, SUM(amount) FROM opportunities GROUP BY 1"),
    (("pipeline per region",), f"SELECT region, SUM(amount) FROM {JOINED} GROUP BY 1"),
    (
        ("avg deal size for each industry",),
        f"SELECT industry, ROUND(AVG(amount), 2) FROM {JOINED} GROUP BY 1",
    ),
    (("median amount",), "SELECT MEDIAN(amount) FROM opportunities"),
    (
        ("what's the smallest amount of won deals",),
        "SELECT MIN(amount) FROM opportunities WHERE stage = 'Closed Won'",
    ),
    (
        ("expected revenue by owner and region",),
        f"SELECT p.name, region, ROUND(SUM(expected_revenue), 2) FROM {JOINED} GROUP BY 1, 2",
    ),
    (
        ("amount by month this year",),
        (
            "SELECT strftime('%Y-%m-01', close_date), SUM(amount) FROM opportunities"
            " WHERE close_date BETWEEN '2025-01-01' AND '2025-12-31' GROUP BY 1"
        ),
    ),
    (
        ("deals created per quarter",),
        (
            "SELECT strftime('%Y', created_date) || CASE WHEN strftime('%m', created_date) < '04' THEN '-01'"
            " WHEN strftime('%m', created_date) < '07' THEN '-04'"
            " WHEN strftime('%m', created_date) < '10' THEN '-07'"
            " ELSE '-10' END || '-01', COUNT(*) FROM opportunities GROUP BY 1"
        ),
    ),
    (
        ("How much did we win last year?",),
        "SELECT SUM(amount) FROM opportunities WHERE stage = 'Closed Won' AND close_date LIKE '2024-%'",
    ),
    (
        ("How many deals are closing in the next 30 days?",),
        "SELECT COUNT(*) FROM opportunities WHERE close_date BETWEEN '2025-06-02' AND '2025-07-01'",
    ),
    (
        ("number of deals owned by ada or grace",),
        f"SELECT COUNT(*) FROM {JOINED} WHERE p.name LIKE 'Ada %' OR p.name LIKE 'Grace %'",
    ),
    (("how many deals above 50k",), "SELECT COUNT(*) FROM opportunities WHERE amount > 50000"),
    (
        ("count of deals with amount between $50,000 and 60k",),
        "SELECT COUNT(*) FROM opportunities WHERE amount BETWEEN 50000 AND 60000",
    ),
    (("amount of deals not in EMEA",), f"SELECT SUM(amount) FROM {JOINED} WHERE region <> 'EMEA'"),
    (
        ("owners with more than 20 deals",),
        f"SELECT p.name, COUNT(*) FROM {JOINED} GROUP BY 1 HAVING COUNT(*) > 20",
    ),
    (
        ("compare amount in EMEA and APAC",),
        f"SELECT region, SUM(amount) FROM {JOINED} WHERE region <> 'Americas' GROUP BY 1",
    ),
    (("What percentage of deals are won?",), "SELECT stage, COUNT(*) FROM opportunities GROUP BY 1"),
    (
        ("win rate by region",),
        (
            "SELECT region, ROUND(AVG(CASE stage WHEN 'Closed Won' THEN 100.0"
            " WHEN 'Closed Lost' THEN 0 END), 2)"
            f" FROM {JOINED} GROUP BY 1"
        ),
    ),
    (
        ("total amount by region", "and by stage?", "only won deals"),
        "SELECT stage, SUM(amount) FROM opportunities WHERE stage = 'Closed Won' GROUP BY 1",
    ),
    (
        ("total amount by region", "only won deals", "what about last year?"),
        (
            f"SELECT region, SUM(amount) FROM {JOINED}"
            " WHERE stage = 'Closed Won' AND close_date LIKE '2024%' GROUP BY 1"
        ),
    ),
    (
        ("total amount by region", "only won deals", "and lost?", "total across all?"),
        "SELECT SUM(amount) FROM opportunities WHERE stage = 'Closed Lost'",
    ),
    (
        ("deals closing this month", "how many is that in total?"),
        "SELECT COUNT(*) FROM opportunities WHERE close_date LIKE '2025-06-%'",
    ),
    (
        ("amount in EMEA by stage", "all regions"),
        "SELECT stage, SUM(amount) FROM opportunities GROUP BY 1",
    ),
    (
        ("amount in EMEA by stage", "without filters"),
        "SELECT stage, SUM(amount) FROM opportunities GROUP BY 1",
    ),
    (
        ("amount by stage", "and on average?"),
        "SELECT stage, ROUND(AVG(amount), 2) FROM opportunities GROUP BY 1",
    ),
    (
        ("amount by stage", "also by region"),
        f"SELECT stage, region, SUM(amount) FROM {JOINED} GROUP BY 1, 2",
    ),
)

WEATHER_DIALOGS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("Total precipitation by month in 2014",),
        (
            "SELECT strftime('%Y-%m-01', day), ROUND(SUM(precipitation), 2) FROM daily_weather"
            " WHERE day LIKE '2014%' GROUP BY 1"
        ),
    ),
    (
        ("how much did it rain in November 2012?",),
        "SELECT ROUND(SUM(precipitation), 2) FROM daily_weather WHERE day LIKE '2012-11%'",
    ),
    (("how many days did it rain",), "SELECT COUNT(*) FROM daily_weather WHERE condition = 'rain'"),
    (
        ("how many rainy days per year",),
        "SELECT strftime('%Y-01-01', day), COUNT(*) FROM daily_weather WHERE condition = 'rain' GROUP BY 1",
    ),
    (("highest temperature in 2013",), "SELECT MAX(temp_max) FROM daily_weather WHERE day LIKE '2013%'"),
    (("how many days below 0 degrees",), "SELECT COUNT(*) FROM daily_weather WHERE temp_min < 0"),
    (
        ("how many days with more than 20 mm of rain",),
        "SELECT COUNT(*) FROM daily_weather WHERE precipitation > 20",
    ),
    (("number of days with wind above 8 m/s",), "SELECT COUNT(*) FROM daily_weather WHERE wind > 8"),
    (
        ("average temp max in july",),
        "SELECT ROUND(AVG(temp_max), 2) FROM daily_weather WHERE day LIKE '____-07-%'",
    ),
    (
        ("average wind by season",),
        (
            "SELECT CASE WHEN strftime('%m', day) IN ('12', '01', '02') THEN 'Winter'"
            " WHEN strftime('%m', day) <= '05' THEN 'Spring' WHEN strftime('%m', day) <= '08'"
            " THEN 'Summer' ELSE 'Autumn' END, ROUND(AVG(wind), 2)"
            " FROM daily_weather GROUP BY 1"
        ),
    ),
    (
        ("average temp max and temp min per year",),
        (
            "SELECT strftime('%Y-01-01', day), ROUND(AVG(temp_max), 2), ROUND(AVG(temp_min), 2)"
            " FROM daily_weather GROUP BY 1"
        ),
    ),
    (
        ("precipitation last year",),
        "SELECT ROUND(SUM(precipitation), 2) FROM daily_weather WHERE day LIKE '2014%'",
    ),
    (
        ("precipitation by year", "what about 2013?"),
        "SELECT '2013-01-01', ROUND(SUM(precipitation), 2) FROM daily_weather WHERE day LIKE '2013%'",
    ),
)
