/* The conversion steps on untyped values, by what JSON and MessagePack put on the tape. */
#include "core/error.h"
#include "steps/convert.h"
#include "images.h"
#include "images/program.h"
#include "map_plan.h"

/* Reads a value of either format onto the tape. */
static h9_slot tape(bool json, const char *p, size_t n)
{
    h9_slot v = {.raw = {0, 0}};
    fresh();
    c->begin = (const uint8_t *)p;
    c->end = c->begin + n;
    const uint8_t *end = (json ? h9_json.read : h9_msgpack.read)(c, &plan->nodes[ANY], &v, c->begin);
    if (end == NULL) printf("case %s isn't read: code %u\n", p, c->code);
    CHECK(end == c->end);
    return v;
}

static h9_code step_on(h9_step_code code, uint32_t fits, h9_slot *v)
{
    h9_step s = {.code = (uint16_t)code, .a = fits};
    return h9_tape_step(c, &s, v);
}

typedef struct {
    bool json;
    const char *p;
    size_t n;
    uint32_t fits;
    h9_code code;
} fit_case;
#define J(text, fits, code) {true, text, sizeof text - 1, fits, code}
#define M(text, fits, code) {false, text, sizeof text - 1, fits, code}
enum {
    FINITE = H9_FITS_FINITE,
    DOUBLE = H9_FITS_DOUBLE,
    SIXTY_FOUR = H9_FITS_64,
    TEXT = H9_FITS_TEXT,
    MAP = H9_FITS_MAP,
    LIST = H9_FITS_LIST
};

static const fit_case fit_cases[] = {
    J("null", FINITE | DOUBLE | SIXTY_FOUR | TEXT, H9_OK),
    J("[true,{\"a\":[\"x\",1.5]}]", FINITE | DOUBLE | SIXTY_FOUR | TEXT, H9_OK),
    /* integers in a double (S34) */
    J("9007199254740992", DOUBLE, H9_OK), J("9007199254740993", DOUBLE, H9_E_INEXACT), J("9007199254740993", 0, H9_OK),
    J("9007199254740994", DOUBLE, H9_OK), J("-9007199254740993", DOUBLE, H9_E_INEXACT),
    J("-9007199254740992", DOUBLE, H9_OK), J("-9223372036854775808", DOUBLE, H9_OK),
    J("9223372036854775807", DOUBLE, H9_E_INEXACT), J("0", DOUBLE, H9_OK),
    J("18446744073709551615", DOUBLE, H9_E_INEXACT), J("18446744073709549568", DOUBLE, H9_OK),
    J("-0", DOUBLE | SIXTY_FOUR, H9_OK), J("18446744073709551616", DOUBLE, H9_OK),
    J("18446744073709551617", DOUBLE, H9_E_INEXACT), J("-18446744073709551616", DOUBLE, H9_OK),
    J("100000000000000000000", DOUBLE, H9_OK), J("100000000000000000001", DOUBLE, H9_E_INEXACT),
    J("9007199254740993.0", DOUBLE, H9_OK), J("9007199254740992.0", DOUBLE, H9_OK),
    J("18446744073709551615e0", DOUBLE, H9_E_INEXACT), J("0.1", DOUBLE, H9_OK), J("1e300", DOUBLE, H9_E_INEXACT),
    J("1.5e300", DOUBLE, H9_OK), J("1e400", DOUBLE, H9_E_RANGE), J("-1e400", SIXTY_FOUR, H9_E_RANGE),
    J("[1,[9007199254740993]]", DOUBLE, H9_E_INEXACT), J("{\"a\":9007199254740993}", DOUBLE, H9_E_INEXACT),
    /* integers over 64 bits */
    J("18446744073709551615", SIXTY_FOUR, H9_OK), J("18446744073709551616", SIXTY_FOUR, H9_E_RANGE),
    J("-9223372036854775809", SIXTY_FOUR, H9_E_RANGE), J("18446744073709551616", 0, H9_OK),
    J("18446744073709551616.0", SIXTY_FOUR, H9_OK), J("1E20", SIXTY_FOUR, H9_OK), J("1e400", 0, H9_OK),
    /* NaN and infinity */
    M("\xCB\x7F\xF8\0\0\0\0\0\0", FINITE, H9_E_NOT_FINITE), M("\xCB\x7F\xF8\0\0\0\0\0\0", DOUBLE, H9_E_NOT_FINITE),
    M("\xCB\x7F\xF8\0\0\0\0\0\0", SIXTY_FOUR | TEXT, H9_OK), M("\xCA\xFF\x80\0\0", FINITE, H9_E_NOT_FINITE),
    M("\xCA\xFF\x80\0\0", DOUBLE, H9_E_NOT_FINITE), M("\xCA\x3F\x80\0\0", FINITE | DOUBLE, H9_OK),
    M("\xCB\0\0\0\0\0\0\0\0", FINITE, H9_OK),
    /* bytes, extensions */
    M("\xC4\x01\x00", TEXT, H9_E_TYPE), M("\xC4\x01\x00", FINITE | DOUBLE | SIXTY_FOUR, H9_OK),
    M("\xD4\x05\x00", TEXT, H9_E_TYPE), M("\x92\x01\xC4\x01\x00", TEXT, H9_E_TYPE), M("\xA1x", TEXT, H9_OK),
    M("\x81\xA1x\x01", TEXT | FINITE, H9_OK), M("\x81\xA1x\xC4\x01\x00", TEXT, H9_E_TYPE),
    /* the whole's shape */
    J("{}", MAP, H9_OK), J("[]", MAP, H9_E_TYPE), J("1", MAP, H9_E_TYPE), J("[]", LIST, H9_OK),
    J("{\"a\":[]}", LIST, H9_E_TYPE), J("null", LIST, H9_E_TYPE), J("[{}]", LIST, H9_OK)};

static void test_fits(void)
{
    for (size_t i = 0; i < sizeof fit_cases / sizeof *fit_cases; i++) {
        const fit_case *t = &fit_cases[i];
        h9_slot v = tape(t->json, t->p, t->n), before = v;
        h9_code code = step_on(H9_STEP_ANY_FITS, t->fits, &v);
        if (code != t->code) printf("case %s, fits %u\n", t->p, t->fits);
        CHECK_INT(code, t->code);
        CHECK(memcmp(&v, &before, sizeof v) == 0);
    }
    h9_slot filled = {.raw = {0, 0}}; /* nothing on the tape */
    CHECK_INT(step_on(H9_STEP_ANY_FITS, MAP, &filled), H9_OK);
}

/* Integers of hundreds of digits: powers of two are exact up to the last, their neighbours are not. */
static void test_fits_long(void)
{
    char digits[400];
    size_t n = 1;
    digits[0] = 1;
    for (int power = 1; power <= 1024; power++) {
        int carry = 0;
        for (size_t i = 0; i < n; i++) {
            int twice = digits[i] * 2 + carry;
            digits[i] = (char)(twice % 10);
            carry = twice / 10;
        }
        if (carry) digits[n++] = (char)carry;
        char shown[402];
        for (size_t i = 0; i < n; i++) shown[i] = (char)('0' + digits[n - 1 - i]);
        h9_slot v = tape(true, shown, n);
        CHECK_INT(step_on(H9_STEP_ANY_FITS, DOUBLE, &v), power < 1024 ? H9_OK : H9_E_RANGE);
        shown[n - 1]++;
        v = tape(true, shown, n);
        h9_code want = power <= 52 ? H9_OK : power < 1024 ? H9_E_INEXACT : H9_E_RANGE;
        CHECK_INT(step_on(H9_STEP_ANY_FITS, DOUBLE, &v), want);
    }
}

static void test_to_string(void)
{
    static const char nested[] = "{ \"a\" : [1, 1.50, \"x\\n\", null],\"b\":18446744073709551616 }";
    h9_slot v = tape(true, nested, sizeof nested - 1);
    c->out_size = 0;
    CHECK_INT(step_on(H9_STEP_ANY_TO_STRING, 0, &v), H9_OK);
    CHECK_SPAN(v, "{\"a\":[1,1.50,\"x\\n\",null],\"b\":18446744073709551616}");
    CHECK_INT(v.s.flags, 0);
    CHECK_INT(c->out_size, 0);
    memcpy(c->out, "earlier", 7); /* a finished message stays as it is */
    c->out_size = 7;
    v = tape(true, "12", 2);
    CHECK_INT(step_on(H9_STEP_ANY_TO_STRING, 0, &v), H9_OK);
    CHECK_SPAN(v, "12");
    CHECK_INT(v.s.flags, H9_SPAN_PLAIN);
    CHECK_TEXT(c->out, c->out_size, "earlier");
    c->out_size = 0;
    v = (h9_slot){.raw = {0, 0}};
    CHECK_INT(step_on(H9_STEP_ANY_TO_STRING, 0, &v), H9_OK);
    CHECK_SPAN(v, "null");
}

/* A refusal is told of the item itself, as deep as it stands. */
static void test_located(void)
{
    static const char deep[] = "{\"a\":[0,{\"\\u0062\":1,\"c\":[[],1e400]}],\"d\":1e400}";
    h9_step s = {.code = H9_STEP_ANY_FITS, .a = SIXTY_FOUR};
    h9_slot v = tape(true, deep, sizeof deep - 1);
    h9_fail(c, H9_E_RANGE, c->begin);
    h9_tape_locate(c, &s, &v);
    CHECK_INT(c->at - c->begin, 28);
    CHECK_INT(c->places_size, 4);
    CHECK_INT(c->places[0].index, 1);
    CHECK_TEXT(c->places[1].key, c->places[1].index, "c");
    CHECK_INT(c->places[2].index, 1);
    CHECK_TEXT(c->places[3].key, c->places[3].index, "a");
    s.a = FINITE; /* nothing to tell */
    h9_fail(c, H9_E_RANGE, c->begin);
    h9_tape_locate(c, &s, &v);
    CHECK(c->at == c->begin && c->places_size == 0);
}

static void test_to_string_refused(void)
{
    static char longer[104];
    h9_slot v = tape(false, "\xCB\x7F\xF8\0\0\0\0\0\0", 9);
    CHECK_INT(step_on(H9_STEP_ANY_TO_STRING, 0, &v), H9_E_NOT_FINITE);
    memset(longer, ' ', sizeof longer);
    longer[0] = '"';
    longer[99] = '"';
    v = tape(true, longer, 100);
    CHECK_INT(step_on(H9_STEP_ANY_TO_STRING, 0, &v), H9_OK);
    CHECK_INT(v.s.n, 100);
    longer[99] = ' ';
    longer[100] = '"';
    v = tape(true, longer, 101);
    CHECK_INT(step_on(H9_STEP_ANY_TO_STRING, 0, &v), H9_E_STRING);
    v = tape(true, "1", 1);
    uint64_t left = c->arena_left;
    uint8_t *end = c->chunk_end;
    c->arena_left = 0;
    c->chunk_end = c->free;
    CHECK_INT(step_on(H9_STEP_ANY_TO_STRING, 0, &v), H9_E_MEMORY);
    c->arena_left = left;
    c->chunk_end = end;
}

int main(void)
{
    open_context();
    test_fits();
    test_fits_long();
    test_located();
    test_to_string();
    test_to_string_refused();
    close_context();
    return check_summary();
}
