/* What every reader needs of a record and a map: what must be there in the end, keys met twice. */
#ifndef H9_RECORD_H
#define H9_RECORD_H

#include "core/slot.h"

/* After the last member: what must be there and isn't is filled in or refused. false: refused at `at`. */
bool h9_finish(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *at);
/* Whether every member that must be there was met, null or not: a bit in `met` for each field. false: refused at `at`.
 */
bool h9_all_met(h9_context *c, const h9_record *r, const uint64_t *met, const uint8_t *at);
/* Refuses a symbol that the enum of node n doesn't have. NULL. */
const uint8_t *h9_unknown_symbol(h9_context *c, const h9_node *n, const uint8_t *at);
/* The field, item or entry that was just refused is one that is passed over for its unknown symbol (S17), and is
 * counted. false: it isn't, and the refusal stands. */
bool h9_symbol_passed(h9_context *c);

/* Tells whether a map's key was there before. For few entries it compares; for many it hashes with the context's seed
 * (B19). Called once, after the last entry, on finished string keys: keeps the first of equal keys' places and the last
 * value where `last_wins` (fixing list->n), else refuses at `at`. Keys are slots of kind `op` (H9_OP_STRING, INT, UINT,
 * BOOL). false: refused. */
bool h9_map_unique(h9_context *c, h9_slot *map, uint8_t op, bool last_wins, const uint8_t *at);

#endif
