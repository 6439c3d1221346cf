/* Digits in words: what the files of this room share. Everything here is inline. */
#ifndef H9_DIGITS_H
#define H9_DIGITS_H

#include "values/words.h"

#define H9_EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

/* Eight hex digits of any case as four bytes, all at once: *bad keeps a bit for each byte that is not one. */
static inline uint32_t h9_hex_eight(uint64_t x, uint64_t *bad)
{
    uint64_t high = x & H9_EACH_BYTE(0x80), low = x & H9_EACH_BYTE(0x7F);
    uint64_t digit = low ^ H9_EACH_BYTE(0x30), letter = low | H9_EACH_BYTE(0x20);
    uint64_t is_digit = ~(digit + H9_EACH_BYTE(0x76)) & H9_EACH_BYTE(0x80); /* digit < 10 */
    uint64_t is_letter = (letter + H9_EACH_BYTE(0x1F)) & ~(letter + H9_EACH_BYTE(0x19)) & H9_EACH_BYTE(0x80); /* a..f */
    *bad |= high | ((is_digit | is_letter) ^ H9_EACH_BYTE(0x80));
    uint64_t value = (low & H9_EACH_BYTE(0x0F)) + (is_letter >> 7) * 9;
    uint64_t pairs = (value << 4 | value >> 8) & UINT64_C(0x00FF00FF00FF00FF);
    pairs = (pairs | pairs >> 8) & UINT64_C(0x0000FFFF0000FFFF);
    return (uint32_t)(pairs | pairs >> 16);
}

static inline bool h9_is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }

static const uint64_t h9_ten_to[20] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    UINT64_C(10000000000000000000),
};

/* Decimal digits of v; 0 has one. 1233 / 4096 is log10(2), close enough for 64 bits. */
static inline unsigned h9_digit_count(uint64_t v)
{
    unsigned bits = 64u - (unsigned)__builtin_clzll(v | 1);
    unsigned guess = bits * 1233u >> 12;
    return guess + (v >= h9_ten_to[guess]) + (v == 0);
}

static const char h9_pairs[201] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                                  "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                                  "8081828384858687888990919293949596979899";

static inline void h9_put_pair(uint8_t *w, unsigned v) { memcpy(w, h9_pairs + 2 * v, 2); }

/* The eight digits of v < 10^8, one to a byte, first digit lowest: halved thrice, all lanes at once. Each
 * multiplier is the rounded-up reciprocal of 100 and of 10, exact for lanes below 10^4 and 100. */
static inline uint64_t h9_eight_digits(uint32_t v)
{
    uint64_t fours = (v / 10000) | (uint64_t)(v % 10000) << 32;
    uint64_t hundreds = (fours * 10486 >> 20) & UINT64_C(0x0000007f0000007f);
    uint64_t twos = hundreds | (fours - 100 * hundreds) << 16;
    uint64_t tens = (twos * 103 >> 10) & UINT64_C(0x000f000f000f000f);
    return tens | (twos - 10 * tens) << 8;
}

/* The eight hex digits, lower case, of four bytes in memory: a byte to each 16 bits, then a nibble to each byte; 39
 * lies between what follows '9' and 'a'. */
static inline uint64_t h9_eight_hex(uint32_t four)
{
    uint64_t x = (four | (uint64_t)four << 16) & UINT64_C(0x0000ffff0000ffff);
    x = (x | x << 8) & UINT64_C(0x00ff00ff00ff00ff);
    x = (x >> 4 | x << 8) & H9_EACH_BYTE(0x0f);
    uint64_t letters = (x + H9_EACH_BYTE(6)) >> 4 & H9_EACH_BYTE(1);
    return x + H9_EACH_BYTE('0') + letters * 39;
}

/* Are these eight bytes all digits? (Adding 6 carries out of the low nibble above '9'.) */
static inline bool h9_are_digits(uint64_t x)
{ return ((x & H9_EACH_BYTE(0xf0)) | ((x + H9_EACH_BYTE(0x06)) & H9_EACH_BYTE(0xf0)) >> 4) == H9_EACH_BYTE(0x33); }

/* The inverse of h9_eight_digits, from text. */
static inline uint32_t h9_parse_eight(uint64_t x)
{
    x -= H9_EACH_BYTE('0');
    x = (x * 10 + (x >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
    x = (x * 100 + (x >> 16)) & UINT64_C(0x0000ffff0000ffff);
    return (uint32_t)(x * 10000 + (x >> 32));
}

#endif
