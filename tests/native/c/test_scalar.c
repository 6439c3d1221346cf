/* native/src/values, case by case: what is accepted, and where exactly it is refused (random input: test_scalar.py).
 * Every input lies at the end of a heap block of its size, so that the address sanitizer sees a read past it. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "values/decimal.h"
#include "values/number.h"
#include "values/utf8.h"

typedef struct {
    uint8_t *p;
    size_t n;
} input;

static input exact(const void *bytes, size_t n)
{
    input in = {calloc(n + (n == 0), 1), n};
    return n > 0 ? (memcpy(in.p, bytes, n), in) : in;
}

static input text(const char *s) { return exact(s, strlen(s)); }

/* --- text --- */

static bool utf8(const char *bytes, size_t n)
{
    input in = exact(bytes, n);
    bool ok = h9_utf8_valid(in.p, in.n);
    free(in.p);
    return ok;
}

/* The sequence alone, after and before every amount of ASCII up to two vectors. */
static bool utf8_everywhere(const char *bytes, bool want)
{
    char buffer[80];
    size_t n = strlen(bytes);
    for (size_t before = 0; before < 34; before++) {
        for (size_t after = 0; after < 34; after++) {
            memset(buffer, 'a', sizeof buffer);
            memcpy(buffer + before, bytes, n);
            if (utf8(buffer, before + n + after) != want) return false;
        }
    }
    return true;
}

static void test_utf8(void)
{
    static const char *const good[] = {
        "\x01",         "\x7f",         "\xc2\x80",     "\xdf\xbf",         "\xe0\xa0\x80",
        "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {/* B11, S9: overlong, surrogates, too high, cut short, alone, no such byte */
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xe0\x80\x80",
                                      "\xe0\x9f\xbf",
                                      "\xf0\x80\x80\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xc2",
                                      "\xe2\x82",
                                      "\xf0\x9f\x98",
                                      "\x80",
                                      "\xbf",
                                      "\xfe",
                                      "\xff",
                                      "\xc2\xc2",
                                      "\xe2\x82\xc2",
                                      "\xf0\x9f\x98\xc0",
                                      "\xf8\x88\x80\x80\x80"};
    CHECK(utf8("", 0));
    CHECK(utf8("\0", 1));
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!CHECK(utf8_everywhere(good[i], true))) printf("    case %zu\n", i);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!CHECK(utf8_everywhere(bad[i], false))) printf("    case %zu\n", i);
}

static bool plain_run_stops(uint8_t c, bool want)
{
    uint8_t buffer[48];
    for (size_t n = 1; n <= sizeof buffer; n++) {
        for (size_t at = 0; at < n; at++) {
            memset(buffer, 'a', n);
            buffer[at] = c;
            input in = exact(buffer, n);
            size_t run = h9_plain_run(in.p, n);
            free(in.p);
            if (run != (want ? at : n)) return false;
        }
    }
    return true;
}

static void test_plain_run(void)
{
    CHECK_INT(h9_plain_run((const uint8_t *)"", 0), 0);
    for (unsigned c = 0; c < 256; c++) {
        bool stops = c < 0x20 || c >= 0x80 || c == '"' || c == '\\';
        if (!CHECK(plain_run_stops((uint8_t)c, stops))) printf("    byte %02x\n", c);
    }
}

/* --- numbers --- */

/* How many bytes of s are read as a number; -1: none. */
static int scan(const char *s)
{
    h9_number v;
    input in = text(s);
    const uint8_t *end = h9_number_scan(in.p, in.p + in.n, &v);
    int length = end == NULL ? -1 : (int)(end - in.p);
    if (end != NULL && v.length != (uint32_t)length) length = -2;
    free(in.p);
    return length;
}

static void test_scan(void)
{
    static const char *const good[] = {"0",
                                       "-0",
                                       "7",
                                       "12345678",
                                       "123456789",
                                       "1.5",
                                       "-0.0",
                                       "1e5",
                                       "1E+5",
                                       "1e-05",
                                       "0.00000000000000000001",
                                       "123456789012345678901234567890.5e-10"};
    static const char *const bad[] = {"",   "-",   "+1", ".5",  "1.",       "1.e5", "1e",         "1e+", "-e",
                                      "01", "-01", "00", "NaN", "Infinity", "-.5",  "0123456789", "--1", "x"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) CHECK_INT(scan(good[i]), strlen(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!CHECK(scan(bad[i]) == -1)) printf("    %s\n", bad[i]);
    CHECK_INT(scan("12,"), 2);
    CHECK_INT(scan("1.5.2"), 3);
    CHECK_INT(scan("0x10"), 1);
    CHECK_INT(scan("1-2"), 1);
}

static void test_parts(void)
{
    h9_number v;
    const uint8_t *p = (const uint8_t *)"-1.50e2";
    CHECK(h9_number_scan(p, p + 7, &v) == p + 7);
    CHECK(v.negative && !v.integral && v.exact && v.mantissa == 150 && v.exponent == 0 && v.text == p);
    p = (const uint8_t *)"12345678901234567890000";
    CHECK(h9_number_scan(p, p + 23, &v) && v.integral && !v.negative);
    CHECK(v.exact && v.mantissa == UINT64_C(1234567890123456789) && v.exponent == 4); /* what is cut off is zeros */
    p = (const uint8_t *)"12345678901234567890001";
    CHECK(h9_number_scan(p, p + 23, &v) && !v.exact && v.exponent == 4);
    p = (const uint8_t *)"0.00012345678901234567890";
    CHECK(h9_number_scan(p, p + 25, &v) && v.exact && v.mantissa == UINT64_C(1234567890123456789));
    CHECK_INT(v.exponent, -22);
    p = (const uint8_t *)"1e99999999999999999999";
    CHECK(h9_number_scan(p, p + 22, &v) && v.exponent == INT64_C(1) << 40);
    p = (const uint8_t *)"1e-99999999999999999999";
    CHECK(h9_number_scan(p, p + 23, &v) && v.exponent == -(INT64_C(1) << 40));
}

static h9_number number(const char *s)
{
    h9_number v = {0};
    const uint8_t *p = (const uint8_t *)s, *end = p + strlen(s);
    CHECK(h9_number_scan(p, end, &v) == end);
    return v;
}

static void is_i64(const char *s, int status, int64_t want)
{
    h9_number v = number(s);
    int64_t got = 0;
    if (!CHECK(h9_number_i64(&v, &got) == status)) printf("    %s\n", s);
    if (status == 0) CHECK_INT(got, want);
}

static void is_u64(const char *s, int status, uint64_t want)
{
    h9_number v = number(s);
    uint64_t got = 0;
    if (!CHECK(h9_number_u64(&v, &got) == status)) printf("    %s\n", s);
    if (status == 0) CHECK(got == want);
}

static void test_integers(void)
{
    is_i64("0", 0, 0);
    is_i64("-0.0e5", 0, 0);
    is_i64("0e999999999999", 0, 0);
    is_i64("1.0", 0, 1); /* S2 */
    is_i64("1e2", 0, 100);
    is_i64("-12.30e1", 0, -123);
    is_i64("9007199254740993.0", 0, INT64_C(9007199254740993));
    is_i64("9007199254740993.000000000000000000000", 0, INT64_C(9007199254740993));
    is_i64("9223372036854775807", 0, INT64_MAX);
    is_i64("-9223372036854775808", 0, INT64_MIN);
    is_i64("-92233720368547758080e-1", 0, INT64_MIN);
    is_i64("9223372036854775808", 2, 0); /* S3 */
    is_i64("-9223372036854775809", 2, 0);
    is_i64("1e19", 2, 0);
    is_i64("1e999999999999999999999", 2, 0);
    is_i64("1.5", 1, 0);
    is_i64("1e-1", 1, 0);
    is_i64("1e-999999999999", 1, 0);
    is_i64("1234567890123456789.5", 1, 0);
    is_i64("12345678901234567890123.5", 1, 0);
    is_i64("12345678901234567890123", 2, 0);
    is_u64("18446744073709551615", 0, UINT64_MAX);
    is_u64("1844674407370955161.5e1", 0, UINT64_MAX);
    is_u64("18446744073709551615.000", 0, UINT64_MAX);
    is_u64("18446744073709551616", 2, 0);
    is_u64("18446744073709551620", 2, 0);
    is_u64("-0", 0, 0);
    is_u64("-1", 2, 0);
    is_u64("-1.5", 1, 0);
    is_u64("18446744073709551615.1", 1, 0);
}

static void prints_i64(int64_t v, const char *want)
{
    uint8_t buffer[H9_MAX_INT_TEXT];
    CHECK_TEXT(buffer, (size_t)(h9_print_i64(buffer, v) - buffer), want);
}

static void test_print_integers(void)
{
    uint8_t got[H9_MAX_INT_TEXT];
    char want[32];
    uint64_t v = 1;
    prints_i64(0, "0");
    prints_i64(INT64_MAX, "9223372036854775807");
    prints_i64(INT64_MIN, "-9223372036854775808");
    for (int i = 0; i < 20; i++, v *= 10) {
        for (uint64_t x = v - 1; x <= v + 1; x++) {
            snprintf(want, sizeof want, "%" PRIu64, x);
            CHECK_TEXT(got, (size_t)(h9_print_u64(got, x) - got), want);
        }
    }
    CHECK_TEXT(got, (size_t)(h9_print_u64(got, UINT64_MAX) - got), "18446744073709551615");
}

/* --- floats --- */

static void is_f64(const char *s, double want)
{
    h9_number v = number(s);
    double got = -1;
    CHECK(h9_number_f64(&v, &got));
    if (!CHECK(got == want && signbit(got) == signbit(want))) printf("    %s gives %a, not %a\n", s, got, want);
}

static void is_f32(const char *s, float want)
{
    h9_number v = number(s);
    float got = -1;
    CHECK(h9_number_f32(&v, &got));
    if (!CHECK(got == want && signbit(got) == signbit(want))) printf("    %s gives %a, not %a\n", s, got, want);
}

static void overflows(const char *s, bool wide, bool narrow)
{
    h9_number v = number(s);
    double d;
    float f;
    if (!CHECK(h9_number_f64(&v, &d) != wide && h9_number_f32(&v, &f) != narrow)) printf("    %s\n", s);
}

static void test_read_floats(void)
{
    is_f64("0.1", 0.1);
    is_f64("-0.0", -0.0);
    is_f64("0e400", 0);
    is_f64("1e22", 1e22);
    is_f64("9007199254740993", 9007199254740992.0); /* a tie goes to even */
    is_f64("9007199254740993.00000000000000000000000000000001", 9007199254740994.0);
    is_f64("9007199254740995", 9007199254740996.0);
    is_f64("5e-324", 0x1p-1074);
    is_f64("2.4703282292062327208e-324", 0);
    is_f64("2.4703282292062327209e-324", 0x1p-1074);
    is_f64("1e-400", 0);
    is_f64("2.2250738585072014e-308", DBL_MIN);
    is_f64("2.2250738585072011e-308", 0x0.fffffffffffffp-1022);
    is_f64("1.7976931348623157e308", DBL_MAX);
    is_f64("1.797693134862315807e308", DBL_MAX);
    is_f32("0.1", 0.1f);
    is_f32("-0", -0.0f);
    is_f32("16777217", 16777216.0f);
    is_f32("16777217.000000000000000000001", 16777218.0f);
    is_f32("1e-45", 0x1p-149f);
    is_f32("7e-46", 0);
    is_f32("3.4028235e38", FLT_MAX);
    is_f32("340282356779733661637539395458142568447", FLT_MAX);
    is_f32("1.00000005960464477540", 0x1.000002p0f); /* once, not through float64 */
    overflows("1.7976931348623159e308", true, true); /* S3, B14 */
    overflows("1e400", true, true);
    overflows("-1e999999999999999", true, true);
    overflows("340282356779733661637539395458142568448", false, true);
    overflows("3.5e38", false, true);
}

/* B15: 5,000 digits, then a million, each time a tie that the last digit breaks. */
static void test_long_floats(void)
{
    static const size_t sizes[] = {5000, 1000000};
    for (size_t i = 0; i < 2; i++) {
        size_t n = sizes[i];
        char *s = malloc(n + 1);
        memset(s, '0', n);
        s[n] = 0;
        memcpy(s, "9007199254740993.", 17);
        is_f64(s, 9007199254740992.0);
        s[n - 1] = '1';
        is_f64(s, 9007199254740994.0);
        is_i64(s, 1, 0);
        free(s);
    }
}

static void prints_f64(double v, bool point, const char *want)
{
    uint8_t buffer[H9_MAX_FLOAT_TEXT];
    CHECK_TEXT(buffer, (size_t)(h9_print_f64(buffer, v, point) - buffer), want);
}

static void prints_f32(float v, bool point, const char *want)
{
    uint8_t buffer[H9_MAX_FLOAT_TEXT];
    CHECK_TEXT(buffer, (size_t)(h9_print_f32(buffer, v, point) - buffer), want);
}

static void test_print_floats(void)
{
    prints_f64(0, true, "0.0");
    prints_f64(-0.0, true, "-0.0");
    prints_f64(-0.0, false, "-0");
    prints_f64(1, true, "1.0");
    prints_f64(-100, false, "-100");
    prints_f64(0.1 + 0.2, true, "0.30000000000000004");
    prints_f64(123.456, false, "123.456");
    prints_f64(123456789.125, false, "123456789.125");
    prints_f64(9999999999999998, true, "9999999999999998.0");
    prints_f64(1234567890123456.8, true, "1234567890123456.8");
    prints_f64(1e15, false, "1000000000000000");
    prints_f64(1e16, true, "1.0e16");
    prints_f64(-1.2345678901234567e-308, true, "-1.2345678901234567e-308");
    prints_f64(0.00001, true, "0.00001");
    prints_f64(-0.000012345678901234567, true, "-0.000012345678901234568");
    prints_f64(0.000009999, true, "9.999e-6");
    prints_f64(5e-324, true, "5e-324");
    prints_f64(2.2250738585072014e-308, true, "2.2250738585072014e-308");
    prints_f64(DBL_MAX, true, "1.7976931348623157e308");
    prints_f64(9007199254740992, true, "9007199254740992.0");
    prints_f64(2e23, true, "2.0e23");
    prints_f64(9.5367431640625e-07, true, "9.5367431640625e-7"); /* 2^-20: the lower neighbour is nearer */
    prints_f32(0.1f, true, "0.1");                               /* S5 */
    prints_f32(-0.0f, false, "-0");
    prints_f32(16777216, true, "16777216.0");
    prints_f32(FLT_MAX, true, "3.4028235e38");
    prints_f32(1e-45f, true, "1e-45");
    prints_f32(1e15f, true, "1000000000000000.0");
    prints_f32(1e16f, true, "1.0e16");
    prints_f32(8388608.5f, true, "8388608.0");
}

/* --- decimals --- */

static void decimal_prints(const char *bytes, size_t n, int32_t scale, int32_t precision, const char *want)
{
    uint8_t out[H9_MAX_DECIMAL_TEXT];
    input in = exact(bytes, n);
    CHECK_TEXT(out, h9_decimal_print(in.p, n, scale, precision, out), want);
    free(in.p);
}

static void test_print_decimals(void)
{
    decimal_prints("\xfb", 1, 2, 4, "-0.05"); /* S26 */
    decimal_prints("\0", 1, 0, 1, "0");
    decimal_prints("\0", 1, 3, 3, "0.000");
    decimal_prints("\x04\xd2", 2, 2, 4, "12.34");
    decimal_prints("\x04\xd2", 2, -2, 4, "123400");
    decimal_prints("\x04\xd2", 2, 4, 4, "0.1234");
    decimal_prints("\x80\0\0\0\0\0\0\0", 8, 0, 19, "-9223372036854775808");
    decimal_prints("\x80\0\0\0\0\0\0\0\0", 9, 1, 22, "-236118324143482260684.8");
    decimal_prints("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10, 0, 1, "-1");
    decimal_prints("\x04\xd2", 2, 2, 3, ""); /* over precision */
    decimal_prints("", 0, 0, 10, "");
    decimal_prints("\x01", 1, H9_MAX_PRECISION + 1, 10, "");
}

/* B34: refused unless it is only a sign stretched out. */
static void test_long_decimals(void)
{
    const size_t n = 1 << 20;
    uint8_t *bytes = calloc(n, 1), out[H9_MAX_DECIMAL_TEXT], small[H9_MAX_DECIMAL_BYTES];
    int64_t v;
    int why;
    bytes[n - 1] = 7;
    CHECK_TEXT(out, h9_decimal_print(bytes, n, 0, 1000, out), "7");
    CHECK(h9_decimal_get_i64(bytes, n, &v) && v == 7);
    bytes[1] = 1;
    CHECK_INT(h9_decimal_print(bytes, n, 0, 1000, out), 0);
    CHECK_INT(h9_decimal_rescale(bytes, n, 0, 0, 1000, small, &why), 0);
    CHECK_INT(why, 3);
    CHECK(!h9_decimal_get_i64(bytes, n, &v));
    memset(bytes, '9', n);
    CHECK_INT(h9_decimal_parse(bytes, n, 0, 1000, small, &why), 0);
    CHECK_INT(why, 3);
    size_t size = h9_decimal_parse(bytes, H9_MAX_PRECISION, 0, H9_MAX_PRECISION, small, &why);
    CHECK_INT(size, 416);
    CHECK_BYTES(out, h9_decimal_print(small, size, 0, H9_MAX_PRECISION, out), bytes, H9_MAX_PRECISION);
    CHECK_INT(h9_decimal_print(small, size, 0, H9_MAX_PRECISION - 1, out), 0);
    CHECK_INT(h9_decimal_print(small, size, H9_MAX_PRECISION, H9_MAX_PRECISION, out), H9_MAX_PRECISION + 2);
    CHECK_INT(h9_decimal_parse(bytes, H9_MAX_PRECISION + 1, 0, 2000, small, &why), 0);
    free(bytes);
}

static void decimal_reads(const char *s, int32_t scale, int32_t precision, int why, const char *want, size_t n)
{
    uint8_t out[H9_MAX_DECIMAL_BYTES];
    int got;
    input in = text(s);
    size_t size = h9_decimal_parse(in.p, in.n, scale, precision, out, &got);
    if (!CHECK(got == why)) printf("    %s\n", s);
    CHECK_BYTES(out, size, want, n);
    free(in.p);
}

static void test_read_decimals(void)
{
    decimal_reads("-0.05", 2, 4, 0, "\xfb", 1);
    decimal_reads("0", 2, 4, 0, "\0", 1);
    decimal_reads("-0.000", 1, 1, 0, "\0", 1);
    decimal_reads("1.28", 2, 3, 0, "\0\x80", 2);
    decimal_reads("-1.28", 2, 3, 0, "\x80", 1);
    decimal_reads("-1.29", 2, 3, 0, "\xff\x7f", 2);
    decimal_reads("+00128", 0, 3, 0, "\0\x80", 2);
    decimal_reads(".5", 1, 1, 0, "\x05", 1);
    decimal_reads("5.", 1, 2, 0, "\x32", 1);
    decimal_reads("1.2e1", 0, 2, 0, "\x0c", 1);
    decimal_reads("120e-1", 0, 2, 0, "\x0c", 1);
    decimal_reads("0e999999999999999999999", 0, 1, 0, "\0", 1);
    decimal_reads("1200", -2, 2, 0, "\x0c", 1);
    decimal_reads("18446744073709551616", 0, 20, 0, "\x01\0\0\0\0\0\0\0\0", 9);
    decimal_reads("1.5", 0, 9, 2, "", 0);
    decimal_reads("1e-99999999999999999999", 9, 9, 2, "", 0);
    decimal_reads("1e99999999999999999999", 0, 9, 3, "", 0);
    decimal_reads("1234", 0, 3, 3, "", 0);
    static const char *const bad[] = {"",   "-",  ".",   "+.",  "1e",    "1e+",  "1x",
                                      " 1", "1 ", "NaN", "--1", "1.2.3", "1e1.5"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) decimal_reads(bad[i], 2, 9, 1, "", 0);
}

static void test_decimal_integers(void)
{
    uint8_t out[H9_MAX_DECIMAL_BYTES];
    int64_t i;
    uint64_t u;
    int why;
    CHECK_BYTES(out, h9_decimal_put_i64(0, out), "\0", 1);
    CHECK_BYTES(out, h9_decimal_put_i64(-128, out), "\x80", 1);
    CHECK_BYTES(out, h9_decimal_put_i64(-129, out), "\xff\x7f", 2);
    CHECK_BYTES(out, h9_decimal_put_i64(INT64_MIN, out), "\x80\0\0\0\0\0\0\0", 8);
    CHECK_BYTES(out, h9_decimal_put_u64(128, out), "\0\x80", 2);
    CHECK_BYTES(out, h9_decimal_put_u64(UINT64_MAX, out), "\0\xff\xff\xff\xff\xff\xff\xff\xff", 9);
    CHECK(h9_decimal_get_u64(out, 9, &u) && u == UINT64_MAX);
    CHECK(!h9_decimal_get_i64(out, 9, &i));
    CHECK(!h9_decimal_get_u64((const uint8_t *)"\xff", 1, &u));
    CHECK(!h9_decimal_get_u64(out, 0, &u) && !h9_decimal_get_i64(out, 0, &i));
    CHECK_BYTES(out, h9_decimal_rescale((const uint8_t *)"\x0c", 1, 1, 3, 4, out, &why), "\x04\xb0", 2);
    CHECK_BYTES(out, h9_decimal_rescale((const uint8_t *)"\x04\xb0", 2, 3, 1, 4, out, &why), "\x0c", 1);
    CHECK(h9_decimal_rescale((const uint8_t *)"\x0c", 1, 1, 0, 4, out, &why) == 0 && why == 2);
    CHECK(h9_decimal_rescale((const uint8_t *)"\x0c", 1, 1, INT32_MAX, 4, out, &why) == 0 && why == 3);
}

int main(void)
{
    test_utf8();
    test_plain_run();
    test_scan();
    test_parts();
    test_integers();
    test_print_integers();
    test_read_floats();
    test_long_floats();
    test_print_floats();
    test_print_decimals();
    test_long_decimals();
    test_read_decimals();
    test_decimal_integers();
    return check_summary();
}
