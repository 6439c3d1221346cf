/* What the core asks of its compiler: gcc or clang, for integers of 128 bits the counting of zeros, and the
 * order of bytes. */
#ifndef H9_COMPILER_H
#define H9_COMPILER_H

#if !defined(__GNUC__) && !defined(__clang__)
#error "the core wants gcc or clang (128-bit integers, count leading zeros)"
#endif

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the core wants a little-endian host: runs of numbers are copied as they stand on the wire, plans as in memory"
#endif

#define H9_LIKELY(x) __builtin_expect(!!(x), 1)
#define H9_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define H9_INLINE static inline __attribute__((always_inline))
/* Kept out of a loop whose registers it would take. */
#define H9_APART __attribute__((noinline))

__extension__ typedef unsigned __int128 h9_u128;

#endif
