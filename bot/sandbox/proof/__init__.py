"""Programs that prove from outside that no question is lost: they break what can break, and count."""
