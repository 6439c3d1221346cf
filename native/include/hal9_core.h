/* hal9_core: translates messages from one format and schema to another by a plan compiled beforehand.
 *
 * Theory of operation
 *   bytes --reader--> frame --instructions--> frame --writer--> bytes
 * A *plan* is an image: flat tables that a compiler (translator/plan) made for one pair of schemas (hal9_image.h says
 * what stands in them). Loading checks every index in it once, so that running it need not. A loaded plan never changes
 * and may be used by any number of threads. A *context* belongs to one thread at a time: it holds the arena, the output
 * and the errors, and reuses them from call to call; nothing is allocated on the warm path.
 *
 * Nothing here is global and mutable, formats text, or knows a schema language. A refusal is a code, an offset and a
 * path of fields, items and keys; the caller finds the words.
 *
 * How it is used
 *     h9_plan *plan;
 *     if (h9_plan_load(image, image_size, NULL, &plan) != H9_OK) return;    // damaged, or no memory
 *     const h9_limits limits = {128, 16000000, 512u << 20, 256u << 20, 1u << 30};
 *     h9_context *context = h9_context_new(NULL, &limits, seed);            // 16 random bytes
 *     size_t size;
 *     const char *out = h9_translate_one(plan, context, message, message_size, &size);
 *     if (out == NULL) {
 *         size_t count;
 *         const h9_error *e = h9_errors(context, &count);                   // e->code at e->offset
 *     }
 *     h9_context_free(context);
 *     h9_plan_free(plan);
 *
 * Sizes and offsets are in bytes. What a call returns by pointer belongs to the context, until the next call on it. */
#ifndef HAL9_CORE_H
#define HAL9_CORE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What can be wrong. The numbers are stable, and in order: from 10 on the structure is damaged, from 30 on a value
 * doesn't mean what the schema says, from 60 on a limit is passed. */
typedef enum h9_code {
    H9_OK = 0,
    /* the call itself */
    H9_E_NO_MEMORY = 1, /* the allocator refused */
    H9_E_BAD_PLAN = 2,  /* the image is damaged */
    H9_E_STOPPED = 3,   /* who watches over the call stopped it */
    /* structure: the bytes aren't this format */
    H9_E_TRUNCATED = 10, /* the input ends inside a value */
    H9_E_TRAILING = 11,  /* bytes after the end of the message */
    H9_E_SYNTAX = 12,    /* not this format's grammar */
    H9_E_VARINT = 13,    /* a varint over 64 bits, or longer than 10 bytes */
    H9_E_LENGTH = 14,    /* a negative or impossible length or count */
    H9_E_UTF8 = 15,      /* text that is not UTF-8 */
    H9_E_ESCAPE = 16,    /* not an escape, or an unpaired surrogate */
    H9_E_NUMBER = 17,    /* not a number by the format's grammar */
    H9_E_TAG = 18,       /* field number 0, wire type 6 or 7, a type byte that means nothing */
    H9_E_GROUP = 19,     /* a group's end that doesn't match its start */
    H9_E_BLOCK = 20,     /* a block whose size is not the one it states */
    /* meaning: well formed, but not what the schema says */
    H9_E_TYPE = 30,          /* a value of another kind than the schema's */
    H9_E_NULL = 31,          /* null where none may be */
    H9_E_MISSING = 32,       /* a required field is absent */
    H9_E_UNKNOWN_FIELD = 33, /* a member that the schema doesn't know, where it is closed */
    H9_E_DUPLICATE = 34,     /* a key or field twice (S15), or two members of a oneof (S20) */
    H9_E_BOOLEAN = 35,       /* neither 0 nor 1 */
    H9_E_BRANCH = 36,        /* a union branch that isn't there, or has no place in the target */
    H9_E_SYMBOL = 37,        /* an enum symbol that isn't there, or has no place in the target */
    H9_E_RANGE = 38,         /* out of the target's range (S3) */
    H9_E_INEXACT = 39,       /* would round or cut (S2, S6, S23, S26) */
    H9_E_NOT_FINITE = 40,    /* NaN or infinity where the format has none (S4) */
    H9_E_BYTES = 41,         /* not base64, hex, or code points up to 255 */
    H9_E_UUID = 42,          /* not a UUID */
    H9_E_TIME = 43,          /* not a date, time, timestamp or duration, or out of its range */
    H9_E_DECIMAL = 44,       /* not a decimal, or over its precision */
    H9_E_SIZE = 45,          /* not a fixed's size */
    H9_E_KEY = 46,           /* a map key of a kind that can't be one */
    H9_E_EXTENSION = 47,     /* a MessagePack extension, or a simple value of CBOR's, that the target can't say */
    H9_E_CONDITION = 49,     /* a mapping found no value where one must be */
    H9_E_TYPE_URL = 50,      /* google.protobuf.Any: not a type URL, or no message's that the plan knows */
    /* limits */
    H9_E_DEPTH = 60,
    H9_E_ITEMS = 61,
    H9_E_MEMORY = 62,
    H9_E_STRING = 63,
    H9_E_RECORD = 64
} h9_code;

/* Memory comes from the caller: `resize` is realloc (block NULL: allocate; size 0: free, and return NULL), given
 * `state` and the block's old size. It must keep blocks aligned for any type, and may return NULL: the call or the
 * message is refused, and nothing is lost. */
typedef struct h9_allocator {
    void *(*resize)(void *state, void *block, size_t old_size, size_t size);
    void *state;
} h9_allocator;

/* What a message may cost at most. Over a limit, it is refused with the limit's code. Readers and writers recurse, so
 * depth has a bound of its own, which a higher limit is cut to. */
#define H9_MAX_DEPTH 1000u
#define H9_KEPT 4194304u
typedef struct h9_limits {
    uint32_t depth;  /* nesting of records, lists and maps; H9_MAX_DEPTH at most */
    uint32_t items;  /* items and entries of one message, all lists and maps together */
    uint64_t memory; /* bytes of arena for one message, and again of its result, or of all its results and refusals */
    uint32_t string; /* bytes of one string */
    uint64_t record; /* bytes of one message */
} h9_limits;

/* One step of the path to where a message was refused. */
typedef enum h9_place_kind {
    H9_PLACE_FIELD,
    H9_PLACE_ITEM,
    H9_PLACE_KEY,
    H9_PLACE_RULE /* a key of the mapping, after what it was done for */
} h9_place_kind;
typedef struct h9_place {
    uint32_t kind;
    uint32_t index;     /* FIELD, RULE: number of the name in the image; ITEM: from 0; KEY: length of the key */
    const uint8_t *key; /* KEY: in the input or the context, until the next call */
} h9_place;

/* One refused message, or one refused result of a message that makes many. */
#define H9_NO_ITEM UINT64_MAX
typedef struct h9_error {
    uint32_t code;   /* h9_code */
    uint32_t places; /* of its path, outermost first, from h9_places(); 0: the message itself */
    uint64_t first_place;
    uint64_t offset; /* bytes from the start of the message */
    uint64_t record; /* its number in this call, from 0 */
    uint64_t item;   /* of the results of a plan that makes many: its number; H9_NO_ITEM: the message as a whole */
} h9_error;

/* One result of a plan that makes any number of messages of one. */
typedef struct h9_result {
    int64_t end;     /* in the output, delimiting included */
    uint64_t record; /* of which message it is */
    uint64_t item;   /* its number among that one's, from 0; refused ones are counted */
} h9_result;

/* How messages stand one after another in the output. */
typedef enum h9_delimiting {
    H9_DELIMITING_NONE = 0,
    H9_DELIMITING_NEWLINE = 1, /* each ends with \n */
    H9_DELIMITING_VARINT = 2,  /* each has its length before it */
    H9_DELIMITING_BE32 = 3     /* the same in four bytes, big-endian */
} h9_delimiting;

typedef struct h9_plan h9_plan;
typedef struct h9_context h9_context;

/* Loads an image of `size` bytes, which is copied, with `memory` (NULL: malloc). *out: the plan, NULL on failure.
 * Returns H9_OK, H9_E_BAD_PLAN (the image is damaged, or of another version) or H9_E_NO_MEMORY.
 */
h9_code h9_plan_load(const uint8_t *image, size_t size, const h9_allocator *memory, h9_plan **out);
/* Frees a plan that no call uses any more. NULL: does nothing. */
void h9_plan_free(h9_plan *plan);
/* Whether it makes any number of messages of one. Then ends[i] below is the end of all that message i made, and
 * h9_results() tells them apart; such a plan is not for h9_translate_one. */
int h9_plan_many(const h9_plan *plan);

/* A context for one thread at a time, with `memory` (NULL: malloc) and `limits`, which are copied. `seed`: 16 random
 * bytes (keys from the wire are hashed with it; generated ids start from it). Any plan may run on it, one after
 * another. NULL: no memory. */
h9_context *h9_context_new(const h9_allocator *memory, const h9_limits *limits, const uint8_t seed[16]);
/* Frees a context, with all that its calls returned. NULL: does nothing. */
void h9_context_free(h9_context *context);

/* Asks `watch` (NULL: nobody), about every 20 ms of a call and on its thread, whether to go on: if it returns anything
 * but 0, the call stops, makes nothing, and returns H9_E_STOPPED. */
typedef int h9_watch(void *state);
void h9_context_watch(h9_context *context, h9_watch *watch, void *state);

/* Translates `count` messages, message i being data[begin[i] .. end[i]) (outside of `size`: H9_E_LENGTH for it). The
 * results stand one after another in h9_output(), result i ending at ends[i] (delimiting included); a refused message
 * gives nothing there and an entry in h9_errors(). Returns H9_OK also when messages were refused; another code only
 * when the call itself failed. */
h9_code h9_translate(const h9_plan *plan, h9_context *context, const uint8_t *data, size_t size, const int64_t *begin,
                     const int64_t *end, size_t count, h9_delimiting delimiting, int64_t *ends);

/* One message of `size` bytes, unframed. Returns the result, and its size in *out_size; NULL: refused, and h9_errors()
 * has the one reason, or stopped, and it has none. For plans that make one message (h9_plan_many). */
const char *h9_translate_one(const h9_plan *plan, h9_context *context, const uint8_t *data, size_t size,
                             size_t *out_size);

/* The same for messages that stand back to back without delimiting (Avro's blocks, concatenated MessagePack or
 * JSON), at most `count` of them: begin[i] and end[i] are filled in. Reading ends at `size`, after `count`, or where
 * the next message's start can't be known any more. *done: messages read, refused ones included; *used: bytes. Where
 * `partial`, a message that the input cuts off is not an error: it is left for the next call. */
h9_code h9_translate_run(const h9_plan *plan, h9_context *context, const uint8_t *data, size_t size, size_t count,
                         int partial, h9_delimiting delimiting, int64_t *begin, int64_t *end, int64_t *ends,
                         size_t *done, size_t *used);

/* --- what the last call made, valid until the next one on this context --- */

/* Gives back what the last call made beyond what a context keeps for the next one, H9_KEPT bytes of each kind. What a
 * call needed only while it ran is given back at its end. */
void h9_context_release(h9_context *context);

/* All results of the call, one after another; *size: of them all. NULL where nothing was written yet. */
const uint8_t *h9_output(const h9_context *context, size_t *size);
/* Refusals in the order of their messages; *count: how many. */
const h9_error *h9_errors(const h9_context *context, size_t *count);
/* The paths of all refusals: those of `e` are h9_places()[e->first_place] and the e->places - 1 after it. */
const h9_place *h9_places(const h9_context *context);
/* Where each result ends, of a plan that makes many; *count: how many. */
const h9_result *h9_results(const h9_context *context, size_t *count);

/* What calls cost, for tests and for whoever watches over them. */
typedef struct h9_usage {
    uint64_t held;   /* bytes that the context holds now */
    uint64_t arena;  /* bytes of arena, at most at one time, in the last call; not its results */
    uint64_t items;  /* of its last message, as they count against the limit */
    uint64_t record; /* its last message's number, from 0 */
} h9_usage;
h9_usage h9_context_usage(const h9_context *context);

/* What is counted besides (S36). A refused message adds nothing to counts.
 *
 * Members that were passed over because the source's schema doesn't name them (S14), counted since the context was
 * made. */
typedef struct h9_ignored {
    uint32_t record; /* of the image */
    uint32_t within; /* number of the name of the field that it stands in, where that is not a record; 0: none */
    uint32_t key_length;
    const uint8_t *key; /* kept by the context */
    uint64_t count;
} h9_ignored;
/* *count: how many entries. Keys that differ count apart, up to a bound; all further ones together. */
const h9_ignored *h9_ignored_members(const h9_context *context, size_t *count);
/* Word `word` of those that h9_header.found counts, and how often the default of row `fill` was filled in: since
 * `plan`, which must be the one that ran last, first ran on the context after any other. Else 0. */
uint64_t h9_found_word(const h9_context *context, const h9_plan *plan, uint32_t word);
uint64_t h9_filled(const h9_context *context, const h9_plan *plan, uint32_t fill);

/* Splitting a stream delimited as `delimiting` says (not NONE): fills begin[i] and end[i] of up to `count` whole
 * messages of at most `limit` bytes, and says how many bytes they take with their delimiting. `last`: no more input
 * follows, so that a line needs no end. Blank lines are passed over. Where the delimiting is damaged, what stands
 * before is found all the same, and the code (H9_E_RECORD, VARINT, TRUNCATED) is that of the damage at *used. */
h9_code h9_split(h9_delimiting delimiting, const uint8_t *data, size_t size, int last, uint64_t limit, size_t count,
                 int64_t *begin, int64_t *end, size_t *done, size_t *used);

/* What is kept of a JSON array from one piece of its bytes to the next. Zeroed before the first. */
typedef struct h9_array_scan {
    uint64_t items;
    uint64_t depth;        /* brackets open in the item */
    uint64_t objects[128]; /* a bit for each of the first 8,192 of them: is it a brace? */
    uint32_t in_string;    /* inside of a string */
    uint32_t closed;       /* the array's own bracket was met */
} h9_array_scan;

/* Splitting a JSON array, whose opening bracket was passed. `data` begins with an item (or the rest of one); its
 * first *scanned bytes were looked at before. Fills begin[i] and end[i] of up to `count` items of at most `limit`
 * bytes, without the space around them; *used: bytes up to the last one's comma, which is in them; *scanned: bytes
 * looked at. Between two commas there may be nothing: an item of no bytes, except in `[]`, which has no items. Where
 * the array is damaged, what stands before is found all the same, and the code (H9_E_RECORD; GROUP: a bracket that
 * matches none) is that of the damage at *scanned. */
h9_code h9_split_array(h9_array_scan *scan, const uint8_t *data, size_t size, uint64_t limit, size_t count,
                       int64_t *begin, int64_t *end, size_t *done, size_t *used, size_t *scanned);

#ifdef __cplusplus
}
#endif
#endif
