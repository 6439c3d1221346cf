/* UUIDs as text: RFC 9562 section 4 (S10: lower case out, any case in). */
#include "values/uuid.h"

#include "values/digits.h"
#include "values/words.h"

/* 8-4-4-4-12: four bytes make eight characters, and the hyphens split the second and the third eight. */
uint8_t *h9_uuid_print(uint8_t *w, const uint8_t id[16])
{
    uint64_t second = h9_eight_hex(h9_load32(id + 4)), third = h9_eight_hex(h9_load32(id + 8));
    h9_store64(w, h9_eight_hex(h9_load32(id)));
    h9_store64(w + 9, second); /* its last four are overwritten */
    h9_store64(w + 14, second >> 32);
    h9_store64(w + 19, third);
    h9_store64(w + 24, third >> 32);
    h9_store64(w + 28, h9_eight_hex(h9_load32(id + 12)));
    w[8] = w[13] = w[18] = w[23] = '-';
    return w + H9_UUID_TEXT;
}

/* Four and four characters with a hyphen between them. */
static uint64_t around_hyphen(const uint8_t *p) { return h9_load32(p) | (uint64_t)h9_load32(p + 5) << 32; }

bool h9_uuid_parse(const uint8_t *p, size_t n, uint8_t id[16])
{
    if (n != H9_UUID_TEXT || p[8] != '-' || p[13] != '-' || p[18] != '-' || p[23] != '-') return false;
    uint64_t bad = 0;
    h9_store32(id, h9_hex_eight(h9_load64(p), &bad));
    h9_store32(id + 4, h9_hex_eight(around_hyphen(p + 9), &bad));
    h9_store32(id + 8, h9_hex_eight(around_hyphen(p + 19), &bad));
    h9_store32(id + 12, h9_hex_eight(h9_load64(p + 28), &bad));
    return bad == 0;
}
