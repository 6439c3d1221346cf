/* hal9_image: the tables that a plan is made of, as they stand in its image.
 *
 * A plan has a *reader* side and a *writer* side, both trees (graphs, where types are recursive) of nodes. A node says
 * how one value stands on the wire and in which *kind* it stands in the frame. What a value is in the frame is always
 * the target's kind: a reading node whose source differs carries conversion steps, run as soon as the value is read. So
 * what the target can't say is refused at the byte where it stands, and a writer cannot refuse anything.
 *
 * Image: h9_header, then its tables in the header's order, each aligned to 8 bytes, then the pool of bytes.
 */
#ifndef HAL9_IMAGE_H
#define HAL9_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#define H9_IMAGE_MAGIC 0x50493948u /* "H9IP" */
#define H9_IMAGE_VERSION 3u
#define H9_NO_SLOT 0xFFFFu
#define H9_NONE 0xFFFFFFFFu

typedef enum h9_format {
    H9_FORMAT_AVRO = 0,
    H9_FORMAT_JSON = 1, /* every JSON dialect: nodes say how they differ */
    H9_FORMAT_PROTOBUF = 2,
    H9_FORMAT_MSGPACK = 3,
    H9_FORMAT_CBOR = 4,
    H9_FORMAT_TXTPB = 5, /* Protobuf's text format */
    H9_FORMATS = 6
} h9_format;

/* How a value stands, and what it is in the frame (see h9_slot in core/slot.h).
 * So that none stands in itself without a byte between: the nodes of an OPTION, UNION or WRAPPED have lower numbers
 * than it, and an INLINE's record table has a higher one than that of the record around it.
 *
 * Unless said otherwise: .conv steps run after reading. The order matters: from H9_OP_INLINE on, a value may need the
 * frame around it; H9_OP_FAIL is the last. */
typedef enum h9_op {
    H9_OP_NULL = 0,
    H9_OP_BOOL,    /* .b */
    H9_OP_INT,     /* .i; lo..hi is the range that the wire or schema allows; bits 32|64; wire: H9_WIRE_* (Protobuf) */
    H9_OP_UINT,    /* .u; hi (as unsigned): the same */
    H9_OP_F32,     /* .f; JSON, msgpack: a = 1: exact (S6), else rounding */
    H9_OP_F64,     /* .d; the same */
    H9_OP_STRING,  /* .s; text. H9_N_UNCHECKED: not checked for UTF-8 */
    H9_OP_BYTES,   /* .s; JSON: text form a = H9_BYTES_* */
    H9_OP_FIXED,   /* .s of exactly a bytes; JSON: form b = H9_BYTES_* */
    H9_OP_ENUM,    /* .i, the target's number; a: enum table. JSON: by name, or by number with H9_N_NUMBER.
                      JSON, msgpack, where c isn't 0: the field, item or entry of an unknown symbol is passed over and
                      counted under the name pool[b .. b+c) (S17) */
    H9_OP_DECIMAL, /* .s, two's complement; lo scale, hi precision; a: size of a fixed or 0. JSON, msgpack: decimal text
                      (H9_N_CODEPOINTS: Avro JSON) */
    H9_OP_BIGDECIMAL, /* .s with the scale in flags. JSON: text (H9_N_CODEPOINTS: Avro JSON) */
    H9_OP_UUID,       /* .id; a: 0 text, 16 sixteen bytes. JSON: text (H9_N_CODEPOINTS: Avro JSON's fixed) */
    H9_OP_DATE,       /* .i days; Avro: int. JSON, msgpack: text; H9_N_NUMBER: as a number */
    H9_OP_TIME,       /* .i nanoseconds of the day; a: nanoseconds per unit. Avro: int/long; JSON: text */
    H9_OP_TIMESTAMP,  /* .t; a: nanoseconds per unit. Avro: long; JSON: RFC 3339; msgpack: text, or extension -1;
                         Protobuf: message. H9_N_LOCAL, H9_N_NUMBER */
    H9_OP_DURATION,   /* .t (seconds, int32 nanoseconds). Protobuf: message; JSON: "1.5s"; msgpack: the same text */
    H9_OP_PERIOD,     /* .period, Avro's 12 bytes; JSON, msgpack: 12 bytes in the form b */
    H9_OP_OPTION,     /* .choice: null (value NULL, branch 0) or a boxed value (branch 1) of node a. lo: Avro's index of
                         null (0 or 1) */
    H9_OP_LIST, /* .list; a: item's node; width: bytes per item (1, 2, 4, 8 packed numbers, 16 slots). b: least bytes of
                   an item on the wire */
    H9_OP_MAP,  /* .list of key, value slots (width 32); a: key's node, b: value's node; bits: the h9_op that the key
                   is in the frame (what h9_map_unique wants). H9_N_LAST_WINS */
    H9_OP_RECORD,  /* .rec, a frame of its own; a: record table */
    H9_OP_INLINE,  /* the same, its fields standing in the frame around it; a: record table. Only as a record's field */
    H9_OP_UNION,   /* a: first of b words32, a node for each branch. Avro: by index (lo: index of null, or -1). JSON,
                      msgpack when reading: by kind, c: first of H9_KINDS words32, a branch index or H9_NONE for each
                      h9_kind; with H9_N_NAMED by the name of the one member of an object, or null by lo: c: words32,
                      hash table of hi + 1 entries, as in h9_record. Frame: .choice, boxed: the reading side's branch
                      nodes end in H9_STEP_BOX when the target is a union too. Writing: .choice.branch picks the node,
                      its value is the box. */
    H9_OP_ANY,     /* .any, a tape. Protobuf: google.protobuf.Value (a = 0), Struct (1), ListValue (2). JSON: form b =
                      H9_BYTES_* */
    H9_OP_WRAPPED, /* Protobuf: a message whose field 1 is node a, absent meaning zero (the wrappers). Writing with b:
                      a generated wrapper (S33), whose fields are those of record table b - 1: of a LIST or MAP its
                      first, of an OPTION or UNION one for each branch (null's tag is 0 where absence says it). JSON:
                      just node a; where c isn't 0, an object whose one member, called pool[b .. b+c), is node a (Avro's
                      unions, S19; writing: with quotes and colon). A field's node a may be INLINE */
    H9_OP_TYPED, /* google.protobuf.Any as JSON has it, an object with "@type" among the message's own members. .choice:
                    NULL where it is empty, else a box of two slots: the message's .rec, and its type URL (.s). a:
                    record table of the types (H9_STEP_UNPACK), each node a RECORD; branch: which */
    H9_OP_FAIL   /* refuses with code a. Structure is read no further */
} h9_op;

typedef enum h9_node_flag {
    H9_N_UNCHECKED = 1, /* STRING: UTF-8 isn't checked */
    H9_N_NUMBER = 2,    /* ENUM, DATE, TIME, TIMESTAMP: as a number in self-describing formats */
    H9_N_LOCAL = 4,     /* TIMESTAMP: without a zone */
    H9_N_LAST_WINS = 8, /* MAP, RECORD: a key twice is not an error */
    H9_N_QUOTED =
        16, /* JSON, INT/UINT: written as a string (ProtoJSON's 64-bit); FLOATS, ANY: NaN and infinities as strings */
    H9_N_LAX = 32,        /* JSON, reading: ProtoJSON's ways (numbers in strings, enum by number, "NaN"; base64url;
                             T and Z of times in capitals) */
    H9_N_CODEPOINTS = 64, /* JSON: bytes, or what Avro has in bytes, as code points 0-255 */
    H9_N_PACKED = 128,    /* LIST: Protobuf writes it packed; reading: may come packed */
    H9_N_GROUP = 256,     /* RECORD, INLINE: Protobuf's delimited encoding (a group) */
    H9_N_NULL_ZERO = 512, /* ENUM in JSON: its zero is null (google.protobuf.NullValue, S12) */
    H9_N_POINT = 1024,    /* JSON: a float with an integral value is written with ".0" */
    H9_N_CLOSED = 2048,   /* ENUM, Protobuf: an unknown number becomes an unknown field (S17) */
    H9_N_NULL_NOT_FINITE = 4096, /* JSON floats, ANY: NaN and infinities are written null (S4's policy) */
    H9_N_EXTENSION = 8192,       /* TIMESTAMP in msgpack: extension -1 */
    H9_N_MASK = 16384,           /* RECORD, INLINE in JSON: a FieldMask, one text of the paths in its one field */
    H9_N_SKIP = 32768,           /* ANY, reading: passed over, checked for structure only; nothing is kept */
    H9_N_NAMED = 65536,          /* UNION, reading JSON: its branches go by name */
    H9_N_EACH = 131072 /* LIST of records (or options of records), reading: an item that is refused for what it
                         means (h9_code 30 to 59, or in a step) doesn't refuse the message: it stands as a bad
                         item, which H9_I_EACH tells. Avro: c is the node that skips an item */
} h9_node_flag;

typedef enum h9_wire { H9_WIRE_VARINT = 0, H9_WIRE_ZIGZAG = 1, H9_WIRE_FIXED = 2 } h9_wire;
typedef enum h9_bytes_form {
    H9_BYTES_BASE64 = 0,
    H9_BYTES_BASE64URL = 1,
    H9_BYTES_HEX = 2,
    H9_BYTES_CODEPOINTS = 3
} h9_bytes_form;
/* The kinds by which a self-describing format tells union branches apart. */
typedef enum h9_kind {
    H9_KIND_NULL,
    H9_KIND_BOOL,
    H9_KIND_INT,
    H9_KIND_FLOAT,
    H9_KIND_STRING,
    H9_KIND_BYTES,
    H9_KIND_LIST,
    H9_KIND_MAP,
    H9_KIND_EXTENSION,
    H9_KINDS
} h9_kind;

typedef struct h9_node {
    uint8_t op;
    uint8_t width;  /* LIST, MAP */
    uint8_t bits;   /* INT, UINT: 32 or 64 (what a varint is cut to, what fixed is) */
    uint8_t wire;   /* h9_wire */
    uint32_t flags; /* h9_node_flag */
    uint32_t conv;  /* first conversion step, 0: none */
    uint32_t a, b, c;
    int64_t lo, hi;
} h9_node;

typedef enum h9_field_flag {
    H9_F_NULLABLE = 1,  /* reading: null means absent. Avro: the node is OPTION or UNION with a null branch (in lo).
                           writing: absent is written as null (Avro: the null branch; JSON, msgpack: null) */
    H9_F_SKIP_ZERO = 2, /* writing: the zero value isn't written (implicit presence) */
    H9_F_ALWAYS = 4,    /* writing: always there (the reader saw to it) */
    H9_F_ONEOF_STRICT =
        8 /* reading: a second member of the oneof is refused (JSON) rather than replacing the first (Protobuf) */
} h9_field_flag;

typedef struct h9_field {
    uint32_t node;
    uint16_t slot;  /* in the frame; H9_NO_SLOT: skipped */
    uint16_t flags; /* h9_field_flag */
    uint32_t also;  /* the next field that reads the same member again, or 0 */
    uint32_t key;   /* pool: the member's name as written: JSON with its quotes and escapes (and a colon after it on the
                       writing side); msgpack with its header byte(s) */
    uint32_t key_size;
    uint32_t tag;   /* Protobuf: number << 3 | wire type of one value (packed: 2) */
    uint32_t group; /* words64: `words` words with the bits of all members of its oneof, or H9_NONE */
    uint32_t name;  /* for the path of an error: number in the plan's list of names */
    uint32_t loose; /* JSON, msgpack, reading: a member that is asked for where the source has no schema: 1 + the slot
                       that takes the refusal of its value, told when the value is loaded (0: refused at once) | a bit
                       for each h9_kind that it may be << 16 (none: any; another kind is as if it weren't there) */
} h9_field;

typedef enum h9_unknown { H9_UNKNOWN_IGNORE = 0, H9_UNKNOWN_REFUSE = 1, H9_UNKNOWN_KEEP = 2 } h9_unknown;

/* A record: what it reads or writes in its frame. `fields` stand in the source's order (reading) or the target's
 * (writing). */
typedef struct h9_record {
    uint32_t first, count;      /* fields; those reached by `also` alone stand after first + count */
    uint32_t slots;             /* of the whole frame */
    uint32_t words;             /* 64-bit presence words of the frame: (slots + 63) / 64 */
    uint32_t need;              /* words64: `words` masks of what must be there once it is read, or H9_NONE */
    uint32_t first_fill, fills; /* what fills a slot of `need` that isn't there */
    uint32_t keys, key_mask;    /* words32: hash table of key_mask + 1 entries, each 0 or 1 + number of an h9_key; then
                                   the H9_SEED_WORDS that its keys are hashed with */
    uint32_t numbers,
        numbers_size; /* Protobuf: words32, field index in this record + 1 by number, for numbers < numbers_size */
    uint32_t sparse, sparse_size; /* Protobuf: words32, sorted pairs (number, field index) of the others */
    uint16_t unknown;             /* h9_unknown */
    uint16_t unknown_slot;        /* KEEP: the slot with the chain of spans, or H9_NO_SLOT */
    uint32_t flags;               /* h9_node_flag: H9_N_LAST_WINS */
    uint32_t must;  /* reading by key: words64, a bit for each field whose member must be met, plus 1; 0: none */
    uint32_t found; /* reading: its words among those of h9_header.found, or H9_NONE: how many records were read; then
                       a bit for each field that any of them had, null or not (Protobuf: for each slot of the frame) */
} h9_record;

/* A spelling of a member's or symbol's name, unescaped and unquoted. */
typedef struct h9_key {
    uint32_t text, size; /* pool */
    uint32_t index;      /* field within its record; symbol within its enum */
    uint32_t hash;       /* h9_key_hash */
} h9_key;

/* What a hash table is seeded with. Who chooses the names must not be able to foresee it (B19): the compiler takes a
 * digest of all of them. */
#define H9_SEED_WORDS 4
/* A key stands in its table at this number, cut by the mask, or after it where that is taken. */
uint32_t h9_key_hash(const uint32_t *seed, const uint8_t *text, size_t size);

typedef enum h9_fill_kind { H9_FILL_ZERO = 0, H9_FILL_SLOT = 1, H9_FILL_MSGPACK = 2, H9_FILL_MISSING = 3 } h9_fill_kind;
typedef struct h9_fill {
    uint16_t slot;
    uint16_t kind; /* ZERO: all bytes of the slot zero; SLOT: 16 bytes of pool as they are; MSGPACK: pool text read by
                      `node`; MISSING: H9_E_MISSING */
    uint32_t node;
    uint32_t value, size; /* pool */
    uint32_t name;        /* as h9_field.name */
    uint32_t counts; /* 1: how often is counted (S36): a schema's default rather than a zero that stands for none */
} h9_fill;

typedef struct h9_enum {
    uint32_t first, count;   /* symbols, in the order of the schema (Avro's index) */
    uint32_t keys, key_mask; /* words32, as in h9_record */
    int64_t unknown;         /* the target's number for an unknown symbol, or INT64_MIN: refuse */
    uint32_t open;           /* an unknown number passes as it is */
    uint32_t by_number;      /* words32: `count` symbol indexes sorted by .number (the first of equal ones first) */
} h9_enum;

typedef struct h9_symbol {
    uint32_t key, key_size; /* pool: name as written (JSON: quoted) */
    int32_t number;         /* this schema's */
    int32_t target;         /* reading: the target's number */
    uint32_t mapped;        /* reading: 0: the target has no such symbol */
} h9_symbol;

/* The order matters: what only looks at numbers comes first, up to H9_STEP_FINITE_F64. */
typedef enum h9_step_code {
    H9_STEP_NONE = 0,
    H9_STEP_RANGE_I, /* .i within lo..hi */
    H9_STEP_RANGE_U, /* .u at most hi (unsigned) */
    H9_STEP_I_TO_U,  /* .i -> .u, >= 0, at most hi (unsigned) */
    H9_STEP_U_TO_I,  /* .u -> .i, at most hi */
    H9_STEP_I_TO_F32,
    H9_STEP_I_TO_F64,
    H9_STEP_U_TO_F32,
    H9_STEP_U_TO_F64, /* exact, or a = 1: rounding (S6) */
    H9_STEP_F32_TO_F64,
    H9_STEP_F64_TO_F32, /* exact, or a = 1: rounding; over the range is H9_E_RANGE either way (S3) */
    H9_STEP_F64_TO_I,
    H9_STEP_F64_TO_U, /* integral only (S2); a = 1: truncating, 2: to the nearest, even on a tie; within lo..hi */
    H9_STEP_BOOL_TO_I,
    H9_STEP_FINITE_F32,
    H9_STEP_FINITE_F64, /* refuses NaN and infinity (S4) */
    H9_STEP_UTF8,       /* .s is text */
    H9_STEP_SIZE,       /* .s has exactly a bytes */
    H9_STEP_STRING_TO_UUID,
    H9_STEP_UUID_TO_STRING,
    H9_STEP_BYTES_TO_UUID,
    H9_STEP_UUID_TO_BYTES,
    H9_STEP_STRING_TO_TIMESTAMP,
    H9_STEP_TIMESTAMP_TO_STRING, /* a = 1: local */
    H9_STEP_TIMESTAMP_UNIT,      /* a multiple of a ns; b & 1: cut (S23); b & 2: int64 holds the count of them. lo..hi:
                                    the seconds since 1970 that it is within */
    H9_STEP_TIMESTAMP_TO_I,      /* .t -> .i, a ns per unit, exact; b = 1: cut */
    H9_STEP_I_TO_TIMESTAMP,      /* .i units of a ns -> .t */
    H9_STEP_TIME_UNIT,           /* .i ns: a multiple of a; b = 1: cut */
    H9_STEP_DATE_TO_TIMESTAMP,
    H9_STEP_STRING_TO_DATE,
    H9_STEP_DATE_TO_STRING,
    H9_STEP_STRING_TO_TIME,
    H9_STEP_TIME_TO_STRING,
    H9_STEP_PERIOD_TO_DURATION, /* months and days zero (S25) */
    H9_STEP_STRING_TO_DURATION,
    H9_STEP_DURATION_TO_STRING,
    H9_STEP_STRING_TO_DECIMAL, /* a scale, b precision */
    H9_STEP_DECIMAL_TO_STRING, /* a scale, b precision */
    H9_STEP_DECIMAL_RESCALE,   /* lo from, hi to; a new precision */
    H9_STEP_I_TO_DECIMAL,
    H9_STEP_U_TO_DECIMAL, /* scale 0; a precision */
    H9_STEP_DECIMAL_TO_I,
    H9_STEP_DECIMAL_TO_U, /* scale 0 */
    H9_STEP_PAD_DECIMAL,  /* two's complement widened to a fixed of a bytes */
    H9_STEP_BIG_TO_DECIMAL,
    H9_STEP_DECIMAL_TO_BIG, /* lo scale, a precision */
    H9_STEP_BIG_TO_F32,
    H9_STEP_BIG_TO_F64, /* the digits of its shortest form, or a = 1: rounding (S6) */
    H9_STEP_STRING_TO_ENUM,
    H9_STEP_ENUM_TO_STRING, /* a: enum table */
    H9_STEP_BOX,            /* .choice {boxed value, branch a}; b = 1: null */
    H9_STEP_NUMBER_TO_STRING_I,
    H9_STEP_NUMBER_TO_STRING_U,
    H9_STEP_NUMBER_TO_STRING_F32,
    H9_STEP_NUMBER_TO_STRING_F64,
    H9_STEP_BOOL_TO_STRING, /* map keys (S22), casts */
    /* whole numbers only, or by a as F64_TO_I has it */
    H9_STEP_STRING_TO_I,
    H9_STEP_STRING_TO_U,
    H9_STEP_STRING_TO_F32,
    H9_STEP_STRING_TO_F64, /* a = 1: rounding (S6) */
    H9_STEP_STRING_TO_BOOL,
    H9_STEP_SCALE, /* .d = .d * lo + hi (the doubles' bits) */
    H9_STEP_LOWER,
    H9_STEP_UPPER, /* ASCII letters only */
    H9_STEP_BASE64_TO_BYTES,
    H9_STEP_BYTES_TO_BASE64,
    H9_STEP_HEX_TO_BYTES,
    H9_STEP_BYTES_TO_HEX,
    H9_STEP_SYMBOL_TABLE,  /* .i by sorted pairs: enum table a, its numbers to its targets */
    H9_STEP_ANY_TO_STRING, /* a tape to JSON text; a = 1: text stays as it is; 2: text is refused; b: flags of the
                               ANY node that writes it, c: its form of bytes */
    H9_STEP_ANY_TO_F32,
    H9_STEP_ANY_TO_F64, /* a number on a tape, b = 1: or a text that is one; a = 1: rounding (S6) */
    H9_STEP_ANY_FITS,   /* every value on the tape is one that the target has: a, h9_fits */
    H9_STEP_UNWRAP, /* .rec of record table a, a generated wrapper (S33) -> the one of its slots that is present. Where
                       none is, b = 0: zero, an empty list; 1: a .choice of null, branch c; else it is refused with
                       code b. The first step of its RECORD's node, and of no other */
    H9_STEP_MASK_PATH, /* .s is a path that ProtoJSON's FieldMask can say: in snake_case, and in camelCase and back */
    H9_STEP_UNPACK, /* google.protobuf.Any as Protobuf has it, .rec of record table b with its type URL in slot lo and
                       its bytes in slot hi -> H9_OP_TYPED's .choice. a: record table of the types, with a slot: a field
                       for each, found by its full name. Its node is the message's in Protobuf; where the field has the
                       slot, JSON has the message under "value", in a frame of this one slot. With H9_UNKNOWN_KEEP its
                       last field is any other type, whose bytes stay as they are (node BYTES) */
    H9_STEP_PACK,   /* the reverse */
    H9_STEP_UNTYPE, /* any kind -> .any: written by node a in format c (h9_format), and read again by node b (ANY) */
    H9_STEP_FAIL,   /* refuses with code a */
    H9_STEPS
} h9_step_code;

/* What a target's untyped values can't be. */
typedef enum h9_fits {
    H9_FITS_FINITE = 1,   /* NaN, infinity */
    H9_FITS_DOUBLE = 2,   /* a number that a double doesn't hold exactly (integers over 2^53, S34) */
    H9_FITS_64 = 4,       /* an integer over 64 bits */
    H9_FITS_TEXT = 8,     /* bytes, extensions */
    H9_FITS_MAP = 16,     /* anything but a map */
    H9_FITS_LIST = 32,    /* anything but a list */
    H9_FITS_TIMES = 64,   /* extensions but a timestamp in the years 1-9999 */
    H9_FITS_SIMPLE = 128, /* CBOR's simple values that mean nothing */
    H9_FITS_DIGITS = 256, /* a number of more than 1,000 digits, zeros included */
    H9_FITS_ROUNDED = 512 /* no number is refused for its digits: it is rounded (S6's policy) */
} h9_fits;

typedef struct h9_step {
    uint16_t code;
    uint16_t next; /* less than its own number; 0: done */
    uint32_t a, b, c;
    int64_t lo, hi;
} h9_step;

/* Instructions, run on the frame that was read, a record, if there are any: those of a mapping make the frame that is
 * written out of it, those of an ordinary plan change it. They work on registers, each a slot that is present or
 * absent. All start absent; what an instruction takes from an absent register is absent, unless said otherwise. `c` of
 * a jump is an instruction's number, greater than its own; only H9_I_AGAIN goes back, to a loop's start.
 *
 * A plan with h9_header.many makes any number of messages of one: each is begun by ITEM and written by EMIT, and what
 * is refused between these refuses this one alone. Its program ends with DONE, any other's with END. */
typedef enum h9_insn_op {
    H9_I_END = 0,   /* the frame to be written is the record in register a */
    H9_I_LOAD,      /* dst <- slot a of the frame that was read; b: 1 + the slot of a
                       refusal (h9_field.loose), which is refused now, or 0; spare: the value's path (h9_field.name) */
    H9_I_FIELD,     /* dst <- slot b of the record in register a, whose record table is c; d: as b of LOAD; spare too */
    H9_I_ENTRY,     /* dst <- value under key pool[c .. c+d) of the map in register a */
    H9_I_INDEX,     /* dst <- item c of the list in register a, of width b and item op d (of a map, b = 32: its value).
                       spare: 1 + the counter of the loop (H9_I_EACH) whose item it is, rather than item c. A bad item
                       refuses as a value does */
    H9_I_BRANCH,    /* dst <- value of the union in register a where its branch is c, else absent */
    H9_I_UNBOX,     /* dst <- value of the option in register a; null is absent */
    H9_I_CONST,     /* dst <- pool[c .. c+d) read as MessagePack by node a | b << 16 */
    H9_I_STEP,      /* dst <- register a after steps c */
    H9_I_COPY,      /* dst <- register a */
    H9_I_CLEAR,     /* dst is absent */
    H9_I_JUMP,      /* to c */
    H9_I_IF_ABSENT, /* to c where register a is absent */
    H9_I_IF_PRESENT, /* to c where it is present */
    H9_I_IF_FALSE,   /* to c where register a is absent or a false bool */
    H9_I_COMPARE, /* dst <- bool: register a ? register b; c: h9_compare; d: their h9_op (BOOL, INT, UINT, F64, STRING,
                     TIMESTAMP) */
    H9_I_NOT,     /* dst <- bool: register a is absent or false */
    H9_I_PRESENT, /* dst <- bool: whether register a is present (never absent itself) */
    H9_I_JOIN,    /* dst <- text of registers words32[c .. c+d) one after another; an absent one makes it absent */
    H9_I_UUID5, /* dst <- uuid5 of the 16-byte namespace in the pool at c and the texts of registers words32[a | b << 16
                   .. + d), each with its length before it (4 bytes big-endian), so that no two lists of texts are one
                 */
    H9_I_UUID4, /* dst <- a random UUID (version 4) */
    H9_I_NOW,   /* dst <- the time, as a TIMESTAMP */
    H9_I_RECORD_NEW, /* dst <- a new frame for record table c */
    H9_I_SET,        /* slot b of the record in dst, whose record table is c <- register a, presence too */
    H9_I_MARK,       /* slot b of the record in dst, whose record table is c, is present where register a is (an inline
                        record) */
    H9_I_LIST_NEW,   /* dst <- an empty list or map */
    H9_I_PUT,        /* append key register a, value register b to the map in dst, unless b is absent */
    H9_I_APPEND,     /* append register a to the list in dst, of width b */
    H9_I_REQUIRE,    /* register a is present, or the message is refused: H9_E_CONDITION */
    H9_I_FINISH,     /* the record in dst: fill what record table c needs */
    H9_I_TEXT,       /* dst <- the text pool[c .. c+d), a: its span's flags */
    H9_I_SLOT,       /* dst <- the 16 bytes of the pool at c, as they are */
    H9_I_EACH,   /* dst <- the next item of the list in register a, of width b and item op d; register dst + 1 counts
                    (CLEARed before the loop). Of a map (b = 32): dst <- the next key (d: STRING where it is text),
                    dst + 2 <- its value. None is left, or there is no list: to c. A bad item (H9_N_EACH) is a refused
                    message where d has H9_EACH_ALONE, and the next one is taken; elsewhere it refuses as a value does.
                    All registers above these three become absent with each item. `name`: the list's path from the item
                    of the loop around it, which is instruction spare - 1 (0: none) */
    H9_I_AGAIN,  /* to c, an H9_I_EACH before it whose own c is after it */
    H9_I_ITEM,   /* a message begins; where it is refused, go on at c (greater than its own number) */
    H9_I_EMIT,   /* the record in register a is written: the message that ITEM began */
    H9_I_DONE,   /* the end of a program that makes many */
    H9_I_FIND,   /* dst <- the first record of the list in register a (items of 16 bytes) whose slot b is the text
                    pool[c .. c+d); spare: its record table. b has H9_FIND_BOXED: the items are options */
    H9_I_UNIQUE, /* the map in dst has no key twice, or: refused (b = 0), the last one is kept (1). a: the h9_op of
                    its keys */
    H9_I_JSON,   /* dst <- the value in register a as JSON text, by writing node c */
    H9_I_ANY,    /* dst <- the value in register a as a tape: as MessagePack by writing node c, read by node d (ANY)
                  */
    H9_I_FRAME,  /* dst <- the frame that was read: a plan without a mapping changes it where it stands */
    H9_INSNS
} h9_insn_op;
#define H9_EACH_ALONE 0x100u
#define H9_FIND_BOXED 0x8000u
/* The order matters: what every kind has comes first, up to H9_CMP_GE; the others are for text only. */
typedef enum h9_compare {
    H9_CMP_EQ,
    H9_CMP_NE,
    H9_CMP_LT,
    H9_CMP_LE,
    H9_CMP_GT,
    H9_CMP_GE,
    H9_CMP_STARTS,
    H9_CMP_ENDS,
    H9_CMP_CONTAINS
} h9_compare;

typedef struct h9_insn {
    uint16_t op;
    uint16_t dst, a, b; /* registers, unless said otherwise */
    uint32_t c, d;
    uint32_t name; /* for the path of an error: the mapping's key */
    uint32_t spare;
} h9_insn;

typedef struct h9_header {
    uint32_t magic, version;
    uint32_t reader, writer;        /* h9_format */
    uint32_t read_root, write_root; /* nodes */
    uint32_t skip_root; /* node of the whole source with nothing wanted, to find a record's end (Avro), or H9_NONE */
    uint32_t registers; /* of the instructions; 0 where the plan has none */
    uint32_t nodes, fields, records, keys, fills, enums, symbols, steps, insns, words64, words32, pool; /* counts */
    uint32_t names;       /* how many names errors may mention */
    uint32_t many;        /* 1: a message makes any number of messages (H9_I_EMIT) */
    uint32_t tags;        /* CBOR, reading: 1: a tag that means nothing here is taken off, rather than refused */
    uint32_t found;       /* words of 64 bits that a context keeps of who was found (h9_record.found) */
    uint32_t found_insns; /* of these: how often the program ran, then for each instruction two bits, whether it
                             looked for something (ENTRY, INDEX, BRANCH, FIND) and whether it found it; or H9_NONE */
} h9_header;

#endif
