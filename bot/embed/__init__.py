"""The embed host: WisdomAI's own pages, signed in as the person who looks."""
