"""The one door: what users name becomes a translation, a plan of our own or a registered transformer."""
