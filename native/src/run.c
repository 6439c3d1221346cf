/* Running a plan over messages: read, run its instructions, write, one after another; a refused one leaves its
 * neighbours alone. */
#include "core/counts.h"
#include "core/error.h"
#include "core/formats.h"
#include "core/frame.h"
#include "core/output.h"
#include "core/plan.h"
#include "steps/machine.h"

static void start_message(h9_context *c, size_t record, const uint8_t *begin, const uint8_t *end)
{
    c->record = record;
    c->message++;
    c->begin = begin;
    c->end = end;
    c->depth = c->limits.depth;
    h9_start_items(c);
    c->ahead_end = NULL;
    h9_arena_reset(c);
}

/* Maps what was read. All that is made of a message that is refused after all is taken back. */
static bool map_message(h9_context *c, h9_slot *root)
{
    size_t out = c->out_size, errors = c->errors_size, results = c->results_size, places = c->places_done;
    h9_slot *frame;
    if (h9_run_program(c, root->rec, &frame)) {
        root->rec = frame;
        return frame == NULL || h9_write_frame(c, root);
    }
    if (c->errors_size != errors) { /* this one's path takes the place of theirs */
        size_t own = c->places_size - c->places_done;
        if (own) memmove(c->places + places, c->places + c->places_done, own * sizeof *c->places);
        c->places_done = places;
        c->places_size = places + own;
    }
    c->out_size = out;
    c->errors_size = errors;
    c->results_size = results;
    return false;
}

/* What was read, mapped and written. */
static bool write_message(h9_context *c, h9_slot *root)
{ return c->plan->h.insns == 0 ? h9_write_frame(c, root) : map_message(c, root); }

/* Reads one message at c->begin. `whole`: nothing may follow it. */
static const uint8_t *read_message(h9_context *c, h9_slot *root, bool whole)
{
    const h9_codec *codec = h9_codecs[c->plan->h.reader];
    const uint8_t *p = codec->read(c, &c->plan->nodes[c->plan->h.read_root], root, c->begin);
    if (p == NULL || !whole) return p;
    if (codec->space != NULL) p = codec->space(p, c->end);
    if (p != c->end) return h9_fail(c, H9_E_TRAILING, p);
    return p;
}

/* After each message: is it time to look up? false: the call is stopped. */
static inline bool goes_on(h9_context *c, size_t size)
{
    c->unwatched += size + 64;
    if (H9_UNLIKELY(c->stopped)) return false;
    return H9_LIKELY(c->unwatched < H9_STRIDE_BYTES / 16) || h9_go_on(c);
}

static void start_call(const h9_plan *plan, h9_context *c, h9_delimiting delimiting)
{
    c->plan = plan;
    c->delimiting = delimiting;
    c->results_size = 0;
    c->out_size = 0;
    c->errors_size = 0;
    c->places_size = c->places_done = 0;
    c->partial = false;
    c->arena_least = c->arena_left;
    c->stopped = false;
    h9_counts_start(c, plan);
}

h9_code h9_translate(const h9_plan *plan, h9_context *c, const uint8_t *data, size_t size, const int64_t *begin,
                     const int64_t *end, size_t count, h9_delimiting delimiting, int64_t *ends)
{
    start_call(plan, c, delimiting);
    for (size_t i = 0; i < count; i++) {
        h9_slot root;
        bool inside = begin[i] >= 0 && begin[i] <= end[i] && (uint64_t)end[i] <= size;
        start_message(c, i, data + (inside ? begin[i] : 0), data + (inside ? end[i] : 0));
        bool done = false;
        if (!inside) h9_fail(c, H9_E_LENGTH, c->begin);
        else if ((uint64_t)(end[i] - begin[i]) > c->limits.record) h9_fail(c, H9_E_RECORD, c->begin);
        else done = read_message(c, &root, true) && write_message(c, &root);
        if (H9_UNLIKELY(!goes_on(c, (size_t)(c->end - c->begin)))) return h9_end_call(c, H9_E_STOPPED);
        if (H9_UNLIKELY(!done)) {
            h9_counts_undo(c);
            if (!h9_record_error(c, H9_NO_ITEM)) return h9_end_call(c, H9_E_NO_MEMORY);
        }
        ends[i] = (int64_t)c->out_size;
    }
    return h9_end_call(c, H9_OK);
}

const char *h9_translate_one(const h9_plan *plan, h9_context *c, const uint8_t *data, size_t size, size_t *out_size)
{
    int64_t begin = 0, end = (int64_t)size, ends;
    h9_code code = h9_translate(plan, c, data, size, &begin, &end, 1, H9_DELIMITING_NONE, &ends);
    *out_size = c->out_size;
    return code != H9_OK || c->errors_size ? NULL : (const char *)c->out;
}

/* Where the message at c->begin ends, though it was refused: NULL if its bytes don't tell. */
static const uint8_t *skip_message(h9_context *c)
{
    const h9_header *h = &c->plan->h;
    if (h->skip_root == H9_NONE) return NULL;
    size_t places = c->places_size;
    start_message(c, c->record, c->begin, c->end);
    const uint8_t *p = h9_codecs[h->reader]->skip(c, &c->plan->nodes[h->skip_root], c->begin);
    c->places_size = places;
    return p;
}

/* Whether no other message begins at p. `partial`: or its end may not have come yet. */
static bool at_end(const h9_codec *codec, const uint8_t *p, const uint8_t *last, bool partial)
{
    if (p == last) return !codec->by_schema;
    return partial && codec->open_ended != NULL && codec->open_ended(p, last);
}

h9_code h9_translate_run(const h9_plan *plan, h9_context *c, const uint8_t *data, size_t size, size_t count,
                         int partial, h9_delimiting delimiting, int64_t *begin, int64_t *end, int64_t *ends,
                         size_t *done, size_t *used)
{
    start_call(plan, c, delimiting);
    const h9_codec *codec = h9_codecs[plan->h.reader];
    const uint8_t *p = data, *last = data + size;
    size_t i = 0;
    for (; i < count; i++) {
        if (codec->space != NULL) p = codec->space(p, last);
        if (at_end(codec, p, last, partial)) break;
        h9_slot root;
        start_message(c, i, p, last);
        const uint8_t *next = read_message(c, &root, false);
        bool good = next != NULL;
        if (!good && partial && c->code == H9_E_TRUNCATED && !c->is_meaning) {
            h9_counts_undo(c);
            break;
        }
        if (good && (uint64_t)(next - p) > c->limits.record) {
            good = false;
            h9_fail(c, H9_E_RECORD, p);
        }
        if (good) good = write_message(c, &root);
        if (H9_UNLIKELY(!goes_on(c, good ? (size_t)(next - p) : 0))) return h9_end_call(c, H9_E_STOPPED);
        if (!good) {
            h9_counts_undo(c);
            if (!h9_record_error(c, H9_NO_ITEM)) return h9_end_call(c, H9_E_NO_MEMORY);
            if (next == NULL) next = skip_message(c);
        }
        begin[i] = p - data;
        end[i] = (next ? next : last) - data;
        ends[i] = (int64_t)c->out_size;
        if (next == NULL) {
            i++;
            p = last;
            break;
        }
        p = next;
    }
    *done = i;
    *used = (size_t)(p - data);
    return h9_end_call(c, H9_OK);
}

const uint8_t *h9_output(const h9_context *c, size_t *size)
{
    *size = c->out_size;
    return c->out;
}

const h9_error *h9_errors(const h9_context *c, size_t *count)
{
    *count = c->errors_size;
    return c->errors;
}

const h9_place *h9_places(const h9_context *c) { return c->places; }

const h9_result *h9_results(const h9_context *c, size_t *count)
{
    *count = c->results_size;
    return c->results;
}

const h9_ignored *h9_ignored_members(const h9_context *c, size_t *count)
{
    *count = c->ignored_size;
    return c->ignored;
}

uint64_t h9_found_word(const h9_context *c, const h9_plan *plan, uint32_t word)
{ return c->counting == plan && c->found != NULL && word < plan->h.found ? c->found[word] : 0; }

uint64_t h9_filled(const h9_context *c, const h9_plan *plan, uint32_t fill)
{ return c->counting == plan && c->found != NULL && fill < plan->h.fills ? c->filled[fill] : 0; }
