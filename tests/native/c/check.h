/* As much of a test framework as the C core needs: a failed check says where, and the run goes on.
 *
 *     int main(void) { CHECK(1 + 1 == 2); return check_summary(); }
 */
#ifndef H9_TESTS_CHECK_H
#define H9_TESTS_CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int check_passed, check_failed;

static inline bool check_record(bool ok, const char *file, int line, const char *what)
{
    if (ok) check_passed++;
    else {
        check_failed++;
        printf("%s:%d: %s\n", file, line, what);
    }
    return ok;
}

static inline void check_int(int64_t got, int64_t want, const char *file, int line, const char *what)
{
    if (!check_record(got == want, file, line, what)) printf("    got %" PRId64 ", want %" PRId64 "\n", got, want);
}

static inline void check_bytes(const void *got, size_t n, const void *want, size_t m, const char *file, int line,
                               const char *what)
{
    bool same = n == m && (n == 0 || memcmp(got, want, n) == 0);
    if (!check_record(same, file, line, what))
        printf("    got %zu bytes \"%.*s\", want %zu \"%.*s\"\n", n, (int)n, (const char *)got, m, (int)m,
               (const char *)want);
}

#define CHECK(condition) check_record((condition), __FILE__, __LINE__, #condition)
#define CHECK_INT(got, want) check_int((int64_t)(got), (int64_t)(want), __FILE__, __LINE__, #got " == " #want)
#define CHECK_BYTES(got, n, want, m) check_bytes((got), (n), (want), (m), __FILE__, __LINE__, #got)
/* Bytes against a string literal. */
#define CHECK_TEXT(got, n, want) check_bytes((got), (n), (want), strlen(want), __FILE__, __LINE__, #got " == " #want)

/* The last line of a run, and its exit status. */
static inline int check_summary(void)
{
    printf("%d passed, %d failed\n", check_passed, check_failed);
    return check_failed != 0;
}

#endif
