#include "core/mem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static _Atomic int64_t live;    /* blocks allocated and not freed */
static _Atomic int64_t fail_at; /* counts down to the allocation that fails; 0: none does */

/* Counting would make threads wait for one another, so it is left out of the release build. */
#ifdef NDEBUG
#define COUNTS false
#else
#define COUNTS true
#endif

static bool must_fail(void) {
    return COUNTS && atomic_load_explicit(&fail_at, memory_order_relaxed) > 0 &&
           atomic_fetch_sub_explicit(&fail_at, 1, memory_order_relaxed) == 1;
}

static void *counted(void *p) {
    if (COUNTS && p != NULL) {
        atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
    }
    return p;
}

void *bd_alloc(size_t n) {
    return bd_alloc_array(n, 1);
}

void *bd_alloc_array(size_t count, size_t size) {
    size_t n = 0;
    if (__builtin_mul_overflow(count, size, &n) || must_fail()) {
        return NULL;
    }
    return counted(calloc(1, n == 0 ? 1 : n));
}

void *bd_alloc_lines(size_t count, size_t size) {
    size_t n = 0;
    if (__builtin_mul_overflow(count, size, &n) ||
        __builtin_add_overflow(n, (size_t)BD_CACHE_LINE - 1, &n) || must_fail()) {
        return NULL;
    }
    n = n < BD_CACHE_LINE ? BD_CACHE_LINE : n / BD_CACHE_LINE * BD_CACHE_LINE;
    void *p = counted(aligned_alloc(BD_CACHE_LINE, n));
    if (p != NULL) {
        memset(p, 0, n);
    }
    return p;
}

void *bd_alloc_pages(size_t n) {
    if (must_fail()) {
        return NULL;
    }
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        return NULL;
    }
#ifdef MADV_NOHUGEPAGE
    madvise(p, n, MADV_NOHUGEPAGE); /* one byte is not to take two megabytes */
#endif
    return counted(p);
}

void *bd_realloc_array(void *p, size_t count, size_t size) {
    size_t n = 0;
    if (__builtin_mul_overflow(count, size, &n) || must_fail()) {
        return NULL;
    }
    void *grown = realloc(p, n == 0 ? 1 : n);
    return p == NULL ? counted(grown) : grown;
}

char *bd_strndup(const char *s, size_t n) {
    char *copy = bd_alloc(n + 1);
    if (copy != NULL) {
        memcpy(copy, s, n);
    }
    return copy;
}

char *bd_strdup(const char *s) {
    return bd_strndup(s, strlen(s));
}

static void uncounted(const void *p) {
    if (COUNTS && p != NULL) {
        atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
    }
}

void bd_free(void *p) {
    uncounted(p);
    free(p);
}

void bd_free_pages(void *p, size_t n) {
    uncounted(p);
    if (p != NULL) {
        munmap(p, n);
    }
}

void bd_mem_fail_at(int64_t n) {
    atomic_store(&fail_at, n);
}

int64_t bd_mem_live(void) {
    return atomic_load(&live);
}
