/* Protobuf's text format: tokens, and what reader and writer share.
 *
 * Where an error stands: a value of the wrong kind or out of its range, and a number, at the value's first byte; an
 * escape at its backslash; other syntax at the byte that can't stand there; a cut message at the input's end. */
#ifndef H9_TXTPB_H
#define H9_TXTPB_H

#include "core/error.h"
#include "core/output.h"
#include "core/slot.h"

/* Whether `b` may begin a name; whether it may go on with it. */
static inline bool h9_txtpb_letter(uint8_t b) { return (uint8_t)((b | 0x20) - 'a') < 26 || b == '_'; }
static inline bool h9_txtpb_word(uint8_t b) { return h9_txtpb_letter(b) || (uint8_t)(b - '0') < 10; }

/* Past white space and comments. */
const uint8_t *h9_txtpb_space(const uint8_t *p, const uint8_t *end);
/* The input ends here, or this byte has no place here. */
const uint8_t *h9_txtpb_unexpected(h9_context *c, const uint8_t *p);
/* A value that begins at p and is of another kind than the schema's. */
const uint8_t *h9_txtpb_mismatch(h9_context *c, const uint8_t *p);
/* A field's name at p: a word, or an extension's in brackets, without the white space in it. */
const uint8_t *h9_txtpb_name(h9_context *c, h9_slot *out, const uint8_t *p);
/* The strings at p, one after another, as one. */
const uint8_t *h9_txtpb_string(h9_context *c, h9_slot *out, const uint8_t *p);
/* A whole number, decimal, octal or hexadecimal: its sign and magnitude. */
const uint8_t *h9_txtpb_integer(h9_context *c, bool *negative, uint64_t *magnitude, const uint8_t *p);
/* The end of the number or word at p, which may have a sign; p itself: there is none. */
const uint8_t *h9_txtpb_atom(const uint8_t *p, const uint8_t *end);
/* Any value, passed over. */
const uint8_t *h9_txtpb_pass_value(h9_context *c, const uint8_t *p);
/* Any field's value, from what follows its name on: passed over. */
const uint8_t *h9_txtpb_pass(h9_context *c, const uint8_t *p);

/* Single values; conversion steps are the caller's. */
const uint8_t *h9_txtpb_scalar(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);

const uint8_t *h9_txtpb_read(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
uint8_t *h9_txtpb_write(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);

/* --- the writer's parts --- */

#define H9_TXTPB_ROOM 64u /* what a single value, a bracket and a line's end take at most */

/* Two spaces a level; NULL: no memory. */
uint8_t *h9_txtpb_indent(h9_context *c, uint32_t level, size_t more, uint8_t *w);
/* n bytes, quoted and escaped; those over 0x7F stand as they are where they are `text`. */
uint8_t *h9_txtpb_quoted(h9_context *c, const uint8_t *p, size_t n, bool text, uint8_t *w);
/* Unknown fields, by their numbers. */
uint8_t *h9_txtpb_unknown(h9_context *c, const h9_span_chain *spans, uint32_t level, uint8_t *w);

#endif
