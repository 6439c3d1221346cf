"""The second room: the model of a document, typed against both schemas. Its one door is `typed.TypedMapping`.

    model --values, modifiers, conditions, structures--> terms     (what becomes of a value)
          --scopes, reads, wants--> views                          (what is read of the source for that)

*Wanted, then read.* A mapping doesn't say how its source is to be decoded. It says what it wants: each path wants one
value in one type (wants.Want). All wants together make a *view*, a record type like the source's with just the members
wanted, and reading the source into that is an ordinary plan (viewing.py): projection, conversion and skipping are the
ones of every plan, with nothing of their own for mappings. So a rule without modifiers costs little more than a field
does without a mapping, and what can't be what its target wants is refused at the byte where it stands. Values decoded
as the source has them and converted by instructions would have neither.

*Types flow from both ends.* `Values.typed` is told what the target wants and hands that down to the path, as far as no
modifier stands between; `Values.found` lets the source say. They meet in `Conversions.into`, which gives a term of the
target's type or raises Wrong; nothing after it converts. What must be asked for (`cast`) is never done unasked, and the
message for it says how to ask.

*One term each.* terms.py has a class for each kind of term and the union of all; passes over them are complete by type.
A value that says what it is (a union, OTLP's AnyValue) is `Tagged` until it is known what it is to be; no term is made
of that, so it can't reach the program.

*Names are scopes, not places.* A path begins at the message, at what a loop's name stands for, or at what a selector
finds (scopes.py); each has a view of its own. How a loop's list is read is settled last (`Scopes.finish`), once all is
known that is wanted of its items: lists of inner loops are wanted of the items of outer ones.

*Who knows whom.* Values hold values: in conditions, in lists, in the rules of records. conditions.py and structures.py
say what they ask of values (the protocols Operands and Members) and values.py makes them, so the imports run one way
though the calls form a circle. verdicts.py says afterwards what is lost: nothing of the views shows there.
"""
