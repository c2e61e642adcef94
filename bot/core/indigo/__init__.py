"""Indigo.ai without I/O: models, pages, content, dialogues, figures."""
