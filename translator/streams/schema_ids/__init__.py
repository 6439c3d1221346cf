"""Messages of several schemas in one stream: each says which one it was written by, and has a plan of its own.

`translator.adapter` makes one; translator/framing.py knows how messages say it, translator/engine/sources.py
where schemas come from.
"""
