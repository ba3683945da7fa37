#include "pg/array_text.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* Can a value stand without quotes, as numbers and dates can? */
static bool is_plain(const char *value, size_t n, char delimiter) {
    static const char others[] = "+-.:_";
    for (size_t i = 0; i < n; i++) {
        char c = value[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool other = strchr(others, c) != NULL && c != delimiter;
        if (!letter && !(c >= '0' && c <= '9') && !other) {
            return false;
        }
    }
    return n > 0 && strcasecmp(value, "null") != 0;
}

static char *write_quoted(char *to, const char *value) {
    *to++ = '"';
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\') {
            *to++ = '\\';
        }
        *to++ = *value;
    }
    *to++ = '"';
    return to;
}

int bd_array_text_add(BdBuf *array, const char *value, char delimiter) {
    size_t n = value == NULL ? strlen("NULL") : strlen(value);
    if (n > SIZE_MAX / 4 || bd_buf_reserve(array, 2 * n + 3) != 0) {
        return -1;
    }
    char *to = array->p + array->len;
    *to++ = array->len == 0 ? '{' : delimiter;
    if (value != NULL && !is_plain(value, n, delimiter)) {
        to = write_quoted(to, value);
    } else {
        memcpy(to, value == NULL ? "NULL" : value, n);
        to += n;
    }
    array->len = (size_t)(to - array->p);
    return 0;
}

int bd_array_text_end(BdBuf *array) {
    assert(array->len > 0);
    if (bd_buf_reserve(array, 2) != 0) {
        return -1;
    }
    array->p[array->len++] = '}';
    array->p[array->len] = '\0';
    return 0;
}
