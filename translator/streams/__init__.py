"""Streams of messages through a translation: the pump, messages by schema id, dead letters tried again."""
