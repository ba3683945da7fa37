#include "core/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Put a formatted message, cut where it does not fit, into *err, which is otherwise as new. */
BD_PRINTF(6, 0)
static void fill(BdErr *err, BdErrCode code, int sys, const char *file, int line, const char *fmt,
                 va_list args) {
    *err = (BdErr){.code = code, .sys = sys, .file = file, .line = line};
    vsnprintf(err->msg, sizeof(err->msg), fmt, args);
}

int bd_err_set_at(BdErr *err, BdErrCode code, int sys, const char *file, int line, const char *fmt,
                  ...) {
    if (err == NULL) {
        return -1;
    }
    va_list args;
    va_start(args, fmt);
    fill(err, code, sys, file, line, fmt, args);
    va_end(args);
    return -1;
}

int bd_err_set_sys_at(BdErr *err, BdErrCode code, int sys, const char *file, int line,
                      const char *fmt, ...) {
    if (err == NULL) {
        return -1;
    }
    va_list args;
    va_start(args, fmt);
    fill(err, code, sys, file, line, fmt, args);
    va_end(args);

    char text[128] = "";
    if (strerror_r(sys, text, sizeof(text)) != 0) {
        snprintf(text, sizeof(text), "error %d", sys);
    }
    size_t used = strlen(err->msg);
    snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", text);
    return -1;
}

int bd_err_wrap(BdErr *err, const char *fmt, ...) {
    if (err == NULL) {
        return -1;
    }
    char inner[sizeof(err->msg)];
    memcpy(inner, err->msg, sizeof(inner));
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->msg, sizeof(err->msg), fmt, args);
    va_end(args);
    size_t used = strlen(err->msg);
    snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", inner);
    return -1;
}

int bd_err_hint(BdErr *err, const char *fmt, ...) {
    if (err == NULL) {
        return -1;
    }
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->hint, sizeof(err->hint), fmt, args);
    va_end(args);
    return -1;
}
