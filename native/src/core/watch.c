/* Looking up from work. The clock is read rarely and the watch asked more rarely still, since it may have to wait for
 * others: in Python, for the interpreter's lock. */
#include "core/watch.h"

#include <time.h>

#include "core/error.h"

#define EVERY_MS 20

void h9_context_watch(h9_context *c, h9_watch *watch, void *state)
{
    c->watch = watch;
    c->watch_state = state;
}

static int64_t now_ms(void)
{
    struct timespec now;
    if (timespec_get(&now, TIME_UTC) != TIME_UTC) return 0;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool h9_go_on(h9_context *c)
{
    c->unwatched = 0;
    if (c->watch == NULL) return true;
    int64_t now = now_ms(), since = now - c->watched;
    if (!c->stopped && since >= 0 && since < EVERY_MS) return true;
    c->watched = now;
    c->stopped = c->stopped || c->watch(c->watch_state) != 0;
    if (c->stopped) h9_fail(c, H9_E_STOPPED, NULL);
    return !c->stopped;
}

static void watch_items(h9_context *c)
{ c->items_watched = c->items > H9_STRIDE_ITEMS ? c->items - H9_STRIDE_ITEMS : 0; }

void h9_start_items(h9_context *c)
{
    c->items = c->limits.items;
    watch_items(c);
}

bool h9_few_items(h9_context *c, const uint8_t *at)
{
    if (c->items == 0) {
        h9_fail(c, H9_E_ITEMS, at);
        return false;
    }
    watch_items(c);
    return h9_go_on(c);
}
