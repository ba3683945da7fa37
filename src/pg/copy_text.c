#include "pg/copy_text.h"

#include <stdbool.h>
#include <string.h>

/* What stands behind the backslash for a character that must not stand for itself; 0 for all
 * others. */
static const char escapes[256] = {['\\'] = '\\', ['\t'] = 't', ['\n'] = 'n', ['\r'] = 'r'};

/* Is it one of these, or the end? */
static const bool special[256] = {
    ['\\'] = true, ['\t'] = true, ['\n'] = true, ['\r'] = true, ['\0'] = true};

/* Write a value to where there is room for twice its length; what follows it is returned. */
static char *write_value(char *to, const char *value) {
    for (;;) {
        while (!special[(unsigned char)*value]) {
            *to++ = *value++;
        }
        if (*value == '\0') {
            return to;
        }
        *to++ = '\\';
        *to++ = escapes[(unsigned char)*value++];
    }
}

int bd_copy_text_row(BdBuf *data, const char *const *values, uint32_t count) {
    size_t begun = data->len;
    for (uint32_t i = 0; i < count; i++) {
        const char *value = values[i];
        size_t n = value == NULL ? 1 : strlen(value);
        if (n > SIZE_MAX / 4 || bd_buf_reserve(data, 2 * n + 1) != 0) {
            data->len = begun;
            return -1;
        }
        char *to = data->p + data->len;
        if (value == NULL) {
            *to++ = '\\';
            *to++ = 'N';
        } else {
            to = write_value(to, value);
        }
        *to++ = i + 1 < count ? '\t' : '\n';
        data->len = (size_t)(to - data->p);
    }
    return 0;
}
