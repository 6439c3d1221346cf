/* native/src/values, the other half: times, binary as text, hashes. See test_scalar.c. */
#include "values/time.h"
#include "values/base64.h"
#include "values/uuid.h"
#include "values/hash.h"

#include <stdlib.h>

#include "check.h"

/* In a heap block of its size, so that the address sanitizer sees a read past it. */
static uint8_t *heap(const void *bytes, size_t n)
{
    uint8_t *p = malloc(n + (n == 0));
    if (n > 0) memcpy(p, bytes, n);
    return p;
}

/* --- times --- */

static void reads_time(const char *s, bool local, int64_t seconds, uint32_t nanos)
{
    int64_t got = 0;
    uint32_t rest = 0;
    uint8_t *p = heap(s, strlen(s));
    if (!CHECK((local ? h9_time_parse_local : h9_time_parse)(p, strlen(s), &got, &rest))) printf("    %s\n", s);
    CHECK_INT(got, seconds);
    CHECK_INT(rest, nanos);
    free(p);
}

static void refuses_time(const char *s, bool local)
{
    int64_t seconds;
    uint32_t nanos;
    uint8_t *p = heap(s, strlen(s));
    if (!CHECK(!(local ? h9_time_parse_local : h9_time_parse)(p, strlen(s), &seconds, &nanos))) printf("    %s\n", s);
    free(p);
}

static void test_read_times(void)
{
    reads_time("1970-01-01T00:00:00Z", false, 0, 0); /* S23 */
    reads_time("1969-12-31t23:59:59.5z", false, -1, 500000000);
    reads_time("2024-02-29 12:34:56.123456789+05:30", false, 1709190296, 123456789);
    reads_time("2024-02-29T12:34:56.1234567890000-00:00", false, 1709210096, 123456789);
    reads_time("2024-02-29T12:34:56", true, 1709210096, 0);
    reads_time("0001-01-01T00:00:00Z", false, INT64_C(-62135596800), 0);
    reads_time("9999-12-31T23:59:59.999999999Z", false, INT64_C(253402300799), 999999999);
    reads_time("0001-01-01T23:59:00+23:59", false, INT64_C(-62135596800), 0);
    static const char *const bad[] = {"",
                                      "2024",
                                      "0000-12-31T23:59:59Z",
                                      "2023-02-29T00:00:00Z",
                                      "1900-02-29T00:00:00Z",
                                      "2024-13-01T00:00:00Z",
                                      "2024-00-01T00:00:00Z",
                                      "2024-01-00T00:00:00Z",
                                      "2024-04-31T00:00:00Z",
                                      "2024-01-01T24:00:00Z",
                                      "2024-01-01T00:60:00Z",
                                      "2024-01-01T23:59:60Z",
                                      "2024-01-01T00:00:00",
                                      "2024-01-01T00:00:00.Z",
                                      "2024-01-01T00:00:00.1234567891Z",
                                      "2024-01-01T00:00:00+24:00",
                                      "2024-01-01T00:00:00+00:60",
                                      "2024-01-01T00:00:00+0000",
                                      "2024-01-01T00:00:00Zx",
                                      "2024-1-01T00:00:00Z",
                                      "2024-01-01_00:00:00Z",
                                      "12024-01-01T00:00:00Z",
                                      "0001-01-01T00:00:00+00:01",
                                      "9999-12-31T23:59:59-00:01",
                                      "2024-01-01T00:00:00 Z"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) refuses_time(bad[i], false);
    refuses_time("2024-01-01T00:00:00Z", true); /* S24: not a local one */
    refuses_time("2024-01-01T00:00:00+00:00", true);
}

static void prints_time(int64_t seconds, uint32_t nanos, bool local, const char *want)
{
    uint8_t out[H9_MAX_TIME_TEXT], *end = h9_time_print(out, seconds, nanos, local);
    if (!CHECK((end != NULL) == (want != NULL)) || end == NULL) return;
    CHECK_TEXT(out, (size_t)(end - out), want);
}

static void test_print_times(void)
{
    prints_time(0, 0, false, "1970-01-01T00:00:00Z");
    prints_time(-1, 500000000, false, "1969-12-31T23:59:59.500Z");
    prints_time(1709210096, 123456000, true, "2024-02-29T12:34:56.123456");
    prints_time(1709210096, 1, false, "2024-02-29T12:34:56.000000001Z");
    prints_time(INT64_C(-62135596800), 0, false, "0001-01-01T00:00:00Z");
    prints_time(INT64_C(253402300799), 999999999, false, "9999-12-31T23:59:59.999999999Z");
    prints_time(INT64_C(-62135596801), 0, false, NULL);
    prints_time(INT64_C(253402300800), 0, false, NULL);
    prints_time(INT64_MIN, 0, false, NULL);
    prints_time(INT64_MAX, 0, false, NULL);
    prints_time(0, 1000000000, false, NULL);
}

static void test_dates_and_clocks(void)
{
    uint8_t out[H9_MAX_TIME_TEXT];
    int64_t v;
    CHECK(h9_date_parse((const uint8_t *)"2000-03-01", 10, &v) && v == 11017);
    CHECK(!h9_date_parse((const uint8_t *)"2000-03-01T", 11, &v));
    CHECK(!h9_date_parse((const uint8_t *)"2000-02-30", 10, &v));
    CHECK_TEXT(out, (size_t)(h9_date_print(out, -1) - out), "1969-12-31");
    CHECK(h9_date_print(out, -719163) == NULL && h9_date_print(out, 2932897) == NULL);
    CHECK(h9_clock_parse((const uint8_t *)"23:59:59.000000001", 18, &v) && v == INT64_C(86399000000001));
    CHECK(!h9_clock_parse((const uint8_t *)"24:00:00", 8, &v));
    CHECK(!h9_clock_parse((const uint8_t *)"1:00:00", 7, &v));
    CHECK_TEXT(out, (size_t)(h9_clock_print(out, INT64_C(3661001000000)) - out), "01:01:01.001");
    CHECK(h9_clock_print(out, -1) == NULL && h9_clock_print(out, INT64_C(86400000000000)) == NULL);
    for (int64_t day = -719162; day <= 2932896; day++) { /* every day there is */
        if (h9_date_print(out, day) != out + 10 || !h9_date_parse(out, 10, &v) || v != day) {
            CHECK_INT(v, day);
            break;
        }
    }
}

static void reads_duration(const char *s, bool ok, int64_t seconds, int32_t nanos)
{
    int64_t got = 0;
    int32_t rest = 0;
    uint8_t *p = heap(s, strlen(s));
    if (!CHECK(h9_duration_parse(p, strlen(s), &got, &rest) == ok)) printf("    %s\n", s);
    if (ok) CHECK_INT(got, seconds);
    if (ok) CHECK_INT(rest, nanos);
    free(p);
}

static void test_durations(void)
{
    uint8_t out[H9_MAX_TIME_TEXT];
    reads_duration("-1.500s", true, -1, -500000000);
    reads_duration("-0.5s", true, 0, -500000000);
    reads_duration("0s", true, 0, 0);
    reads_duration("315576000000s", true, INT64_C(315576000000), 0);
    reads_duration("1.1234567890s", true, 1, 123456789);
    reads_duration("315576000001s", false, 0, 0);
    reads_duration("99999999999999999999999s", false, 0, 0);
    static const char *const bad[] = {"",    "s",   "-s",   "1",  "1.s", ".5s", "+1s", "1.1234567891s",
                                      "1sx", "1 s", "--1s", "1.5"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) reads_duration(bad[i], false, 0, 0);
    CHECK_TEXT(out, (size_t)(h9_duration_print(out, -1, -500000000) - out), "-1.500s");
    CHECK_TEXT(out, (size_t)(h9_duration_print(out, 0, -1) - out), "-0.000000001s");
    CHECK_TEXT(out, (size_t)(h9_duration_print(out, INT64_C(315576000000), 0) - out), "315576000000s");
    CHECK(h9_duration_print(out, 1, -1) == NULL && h9_duration_print(out, -1, 1) == NULL);
    CHECK(h9_duration_print(out, INT64_C(315576000001), 0) == NULL && h9_duration_print(out, INT64_MIN, 0) == NULL);
    CHECK(h9_duration_print(out, 0, 1000000000) == NULL && h9_duration_print(out, 0, INT32_MIN) == NULL);
}

/* --- binary as text --- */

static void reads_base64(const char *s, const char *want, size_t n)
{
    uint8_t *p = heap(s, strlen(s)), *out = malloc(strlen(s) * 3 / 4 + 1), *end = h9_base64_parse(out, p, strlen(s));
    if (!CHECK((end != NULL) == (want != NULL))) printf("    %s\n", s);
    if (end != NULL && want != NULL) CHECK_BYTES(out, (size_t)(end - out), want, n);
    free(out);
    free(p);
}

static void test_base64(void)
{
    uint8_t out[16];
    const uint8_t *bytes = (const uint8_t *)"\xfb\xff\xfe\0";
    CHECK_TEXT(out, (size_t)(h9_base64_print(out, bytes, 4, false) - out), "+//+AA==");
    CHECK_TEXT(out, (size_t)(h9_base64_print(out, bytes, 4, true) - out), "-__-AA");
    CHECK_TEXT(out, (size_t)(h9_base64_print(out, bytes, 2, false) - out), "+/8=");
    CHECK_TEXT(out, (size_t)(h9_base64_print(out, bytes, 0, false) - out), "");
    reads_base64("", "", 0);
    reads_base64("+//+AA==", "\xfb\xff\xfe\0", 4);
    reads_base64("-__-AA", "\xfb\xff\xfe\0", 4); /* S8 */
    reads_base64("+/8", "\xfb\xff", 2);
    reads_base64("-_", "\xfb", 1); /* unpadded: bits left over don't count */
    static const char *const bad[] = {"A",    "AAAAA",    "QQ=",  "QR==", "QUF=",  "=",     "==",   "====",   "A===",
                                      "Q=Q=", "QQ==QQ==", "QQ.=", "QQ Q", "QQQ\n", "QUFB=", "QQ=Q", "\x80QQQ"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) reads_base64(bad[i], NULL, 0);
    for (unsigned c = 0; c < 256; c++) { /* in each of the four places */
        bool ok = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_", (int)c) && c != 0;
        for (int at = 0; at < 4; at++) {
            uint8_t four[4] = {'A', 'A', 'A', 'A'};
            four[at] = (uint8_t)c;
            bool padding = c == '=' && at == 3;
            if (!CHECK((h9_base64_parse(out, four, 4) != NULL) == (ok || padding))) printf("    %02x\n", c);
        }
    }
}

static void test_hex_and_uuid(void)
{
    static const char want[] = "00112233-4455-6677-8899-aabbccddeeff";
    uint8_t id[16], out[H9_UUID_TEXT];
    CHECK(h9_uuid_parse((const uint8_t *)"00112233-4455-6677-8899-AaBbCcDdEeFf", 36, id)); /* S10 */
    CHECK_TEXT(out, (size_t)(h9_uuid_print(out, id) - out), want);
    for (unsigned i = 0; i < H9_UUID_TEXT; i++) {
        memcpy(out, want, sizeof out);
        out[i] = want[i] == '-' ? '0' : '-';
        CHECK(!h9_uuid_parse(out, sizeof out, id));
        CHECK(!h9_uuid_parse((const uint8_t *)want, i, id));
    }
    CHECK(!h9_uuid_parse((const uint8_t *)want, 37, id));
    for (unsigned c = 0; c < 256; c++) {
        uint8_t pair[2] = {'0', (uint8_t)c};
        bool ok = c != 0 && strchr("0123456789abcdefABCDEF", (int)c);
        CHECK((h9_hex_parse(out, pair, 2) != NULL) == ok);
        if (ok) CHECK_INT(out[0], strtol((const char[]){(char)c, 0}, NULL, 16));
    }
    CHECK(h9_hex_parse(out, (const uint8_t *)"abc", 3) == NULL);
    CHECK_TEXT(out, (size_t)(h9_hex_print(out, (const uint8_t *)"\x0f\xa0", 2) - out), "0fa0");
}

/* --- hashes --- */

static void test_sha1(void)
{
    uint8_t out[20], *big = malloc(1000000);
    char text[41] = {0};
    h9_sha1 s;
    h9_sha1_start(&s); /* FIPS 180's examples */
    h9_sha1_add(&s, "a", 1);
    h9_sha1_add(&s, "", 0);
    h9_sha1_add(&s, "bc", 2);
    h9_sha1_end(&s, out);
    CHECK_TEXT(text, (size_t)(h9_hex_print((uint8_t *)text, out, 20) - (uint8_t *)text),
               "a9993e364706816aba3e25717850c26c9cd0d89d");
    memset(big, 'a', 1000000);
    h9_sha1_start(&s);
    h9_sha1_add(&s, big, 1000000);
    h9_sha1_end(&s, out);
    CHECK_TEXT(text, (size_t)(h9_hex_print((uint8_t *)text, out, 20) - (uint8_t *)text),
               "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    free(big);
}

static void test_siphash(void)
{
    const uint64_t zero[2] = {0, 0}, key[2] = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};
    uint8_t bytes[64];
    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)i;
    CHECK(h9_siphash(zero, bytes, 15) != h9_siphash(key, bytes, 15));
    for (unsigned i = 1; i < sizeof bytes; i++) CHECK(h9_siphash(key, bytes, i) != h9_siphash(key, bytes, i - 1));
}

int main(void)
{
    test_read_times();
    test_print_times();
    test_dates_and_clocks();
    test_durations();
    test_base64();
    test_hex_and_uuid();
    test_sha1();
    test_siphash();
    return check_summary();
}
