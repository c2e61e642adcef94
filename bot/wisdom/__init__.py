"""The WisdomAI client: httpx for queries, websockets for subscriptions."""
