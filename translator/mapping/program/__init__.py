"""The third room: terms as instructions of the core. Its one door is `compile_mapping`.

    blocks.py     when, loops, alternatives: where a message begins and where it is written
    target.py     the target's frame: records and maps, and which of them are there
    emit.py       any other term; collecting.py: lists and maps
    loops.py, loads.py     the items of lists, the slots of views
    assembler.py  registers, jumps, the instructions so far

*Registers, each used once.* A term's value ends in a register of its own, which is never set again while it can still
be read: so no pass has to find out what is alive, and absence needs no code, since registers start absent. The price is
many registers, a slot each; they are free again after each message and alternative. Only where there are many messages
may a register hold what was left there (`Assembler.stale`), and is cleared.

*Absence is a value.* An instruction on an absent register gives an absent register. So a missing member needs no jump
in `join`, a comparison or a conversion; jumps stand only where code must not run at all: `when`, alternatives,
defaults, records that may not be there.

*Members first, then the record.* Whether an optional record is there is known once its members are; so they are set
first, and what must be there in it is filled in or refused afterwards (target.Unfinished).

*Jumps go forward.* The one way back is a loop's AGAIN, so every program ends, which the core checks when it loads one.
Where a jump goes is known after what it jumps over is made: `Assembler.here`.

*Who knows whom.* Lists and records hold terms, and terms hold lists and records: collecting.py and target.py are given
`Emitter.term` when they are made, so the imports run one way.
"""

from translator.mapping.program.compiler import compile_mapping

__all__ = ["compile_mapping"]
