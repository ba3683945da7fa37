/*
 * fuzz_values.c - any text as a value of any type, as a binary COPY and as a checksum take it.
 *
 * Input: a letter for the type, a limit in one byte, and the text, which ends at a zero byte. What
 * is encoded fits into the room for it and has the length of its type; what has been brought into
 * its one spelling stays as it is when that is done again.
 */
#include "pg/encode.h"
#include "stats/checksum.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Type {
    char letter;
    BdEncodeFn *encode;
    size_t bytes; /* of any value; 0: they differ */
    BdSpellingKind spelling;
} Type;

static const Type types[] = {
    {'s', bd_encode_int2, 2, BD_SPELLING_INTEGER},
    {'i', bd_encode_int4, 4, BD_SPELLING_INTEGER},
    {'l', bd_encode_int8, 8, BD_SPELLING_INTEGER},
    {'o', bd_encode_oid, 4, BD_SPELLING_INTEGER},
    {'f', bd_encode_float4, 4, BD_SPELLING_NUMERIC},
    {'d', bd_encode_float8, 8, BD_SPELLING_NUMERIC},
    {'n', bd_encode_numeric, 0, BD_SPELLING_NUMERIC},
    {'b', bd_encode_bool, 1, BD_SPELLING_BOOL},
    {'t', bd_encode_text, 0, BD_SPELLING_TEXT},
    {'v', bd_encode_text, 0, BD_SPELLING_VARCHAR},
    {'c', bd_encode_text, 0, BD_SPELLING_CHAR},
    {'j', bd_encode_jsonb, 0, BD_SPELLING_TEXT},
    {'u', bd_encode_uuid, 16, BD_SPELLING_UUID},
    {'x', bd_encode_bytea, 0, BD_SPELLING_TEXT},
    {'D', bd_encode_date, 4, BD_SPELLING_DATE},
    {'T', bd_encode_timestamp, 8, BD_SPELLING_TIMESTAMP},
    {'Z', bd_encode_timestamptz, 8, BD_SPELLING_TIMESTAMP},
};

static void check(int holds) {
    if (!holds) {
        abort();
    }
}

/* The bytes in a block of just that size, so that a sanitizer sees who reads or writes beyond. */
static char *block_of(size_t n) {
    char *block = malloc(n > 0 ? n : 1);
    check(block != NULL);
    return block;
}

static void check_encoding(const Type *type, const char *text, size_t n) {
    char *to = block_of(BD_ENCODE_ROOM(n));
    size_t bytes = SIZE_MAX;
    if (type->encode(text, n, to, &bytes) == BD_ENCODED_OK) {
        check(bytes <= BD_ENCODE_ROOM(n));
        check(type->bytes == 0 || bytes == type->bytes);
    }
    free(to);
}

static void check_spelling(BdSpelling spelling, const char *text, size_t n) {
    char scratch[BD_SPELLING_SCRATCH];
    BdSpan once;
    if (bd_spelling_apply(spelling, (BdSpan){text, n}, scratch, &once) != 0) {
        return;
    }
    char *copy = block_of(once.n);
    memcpy(copy, once.p, once.n);
    char other[BD_SPELLING_SCRATCH];
    BdSpan twice;
    check(bd_spelling_apply(spelling, (BdSpan){copy, once.n}, other, &twice) == 0);
    check(twice.n == once.n && memcmp(twice.p, copy, once.n) == 0);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) {
        return 0;
    }
    size_t n = strnlen((const char *)data + 2, size - 2);
    char *text = block_of(n + 1);
    memcpy(text, data + 2, n);
    text[n] = '\0';
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        const Type *type = &types[i];
        bool limited =
            type->spelling == BD_SPELLING_VARCHAR || type->spelling == BD_SPELLING_NUMERIC;
        int32_t limit = limited && data[1] < 100 ? data[1] : BD_SPELLING_NO_LIMIT;
        if (type->letter == (char)data[0]) {
            check_encoding(type, text, n);
            check_spelling((BdSpelling){.kind = type->spelling, .limit = limit}, text, n);
        }
    }
    free(text);
    return 0;
}
