/* h9_decimal_whole: text cut to an integer, or taken to the nearest one (S2, S26). Every input is a heap block of its
 * size, so that the address sanitizer sees a read past it. */
#include <stdlib.h>

#include "check.h"
#include "values/decimal.h"

static size_t whole(const char *s, size_t n, bool nearest, uint8_t *out, int *why)
{
    uint8_t *in = malloc(n + (n == 0));
    memcpy(in, s, n);
    size_t size = h9_decimal_whole(in, n, nearest, out, why);
    free(in);
    return size;
}

static void becomes(const char *s, int64_t cut, int64_t nearest)
{
    uint8_t out[H9_MAX_DECIMAL_BYTES];
    int64_t got = 0;
    int why = -1;
    for (int way = 0; way < 2; way++) {
        size_t size = whole(s, strlen(s), way, out, &why);
        if (!CHECK(why == 0 && h9_decimal_get_i64(out, size, &got))) printf("    %s\n", s);
        CHECK_INT(got, way ? nearest : cut);
    }
}

static void refuses(const char *s, size_t n, int want)
{
    uint8_t out[H9_MAX_DECIMAL_BYTES];
    int why = 0;
    CHECK_INT(whole(s, n, true, out, &why), 0);
    CHECK_INT(why, want);
}

/* A tie goes to the even one, and nothing but a tie does. */
static void test_fractions(void)
{
    becomes("0.5", 0, 0);
    becomes("1.5", 1, 2);
    becomes("2.5", 2, 2);
    becomes("-2.5", -2, -2);
    becomes("-3.50", -3, -4);
    becomes("2.500000000000000000000000000000001", 2, 3);
    becomes("2.499999999999999999999999999999999", 2, 2);
    becomes("0.05", 0, 0);
    becomes("0.95", 0, 1);
    becomes("-0.4", 0, 0);
    becomes("9.9", 9, 10);
    becomes("9007199254740993.5", 9007199254740993, 9007199254740994);
    becomes("9223372036854775806.7", INT64_MAX - 1, INT64_MAX);
    becomes("9e-999999999999", 0, 0);
    becomes("12345e-2", 123, 123);
}

static void test_integers(void)
{
    becomes("0", 0, 0);
    becomes("-7.00", -7, -7);
    becomes("12e2", 1200, 1200);
}

static void test_what_is_refused(void)
{
    char digits[H9_MAX_PRECISION + 3];
    refuses("", 0, 1);
    refuses("1.x", 3, 1);
    refuses("1e2000", 6, 3);
    memset(digits, '7', sizeof digits);
    digits[1] = '.';
    refuses(digits, sizeof digits, 3);
    uint8_t out[H9_MAX_DECIMAL_BYTES];
    int why = -1;
    CHECK_BYTES(out, whole(digits, H9_MAX_PRECISION + 1, true, out, &why), "\x08", 1);
    digits[1] = '7';
    digits[H9_MAX_PRECISION] = '.';
    CHECK(whole(digits, H9_MAX_PRECISION + 2, true, out, &why) <= H9_MAX_DECIMAL_BYTES);
}

int main(void)
{
    test_fractions();
    test_integers();
    test_what_is_refused();
    return check_summary();
}
