#include "core/near.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define LONGEST 64 /* letters; longer names are not compared */
#define BEGUN   3  /* so many letters may be the beginning of a name */

static int plain(char letter) {
    return letter == '_' ? '-' : tolower((unsigned char)letter);
}

static bool same(const char *a, const char *b) {
    return plain(*a) == plain(*b);
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* How many letters must be added, dropped, replaced or swapped to turn one name into the other. */
static size_t distance(const char *from, size_t m, const char *to, size_t n) {
    size_t rows[3][LONGEST + 1]; /* the current one, and the two before it, in turn */
    for (size_t j = 0; j <= n; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= m; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            const char *f = from + i - 1;
            const char *t = to + j - 1;
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (same(f, t) ? 0 : 1));
            if (i > 1 && j > 1 && same(f, t - 1) && same(f - 1, t)) {
                row[j] = least(row[j], rows[(i + 1) % 3][j - 2] + 1);
            }
        }
    }
    return rows[m % 3][n];
}

void bd_near_init(BdNear *near, const char *written) {
    size_t n = strlen(written);
    size_t third = n / 3 > 0 ? n / 3 : 1;
    *near = (BdNear){.written = written, .below = n > LONGEST ? 0 : third + 1};
}

/* Was the name only begun? Dashes of options are no letters. */
static bool is_begun(const char *written, const char *name) {
    size_t i = 0;
    while (written[i] != '\0' && same(written + i, name + i)) {
        i++;
    }
    return written[i] == '\0' && i >= strspn(written, "-") + BEGUN;
}

void bd_near_consider(BdNear *near, const char *name) {
    size_t n = strlen(name);
    if (near->below == 0 || n > LONGEST) {
        return;
    }
    size_t apart = distance(near->written, strlen(near->written), name, n);
    if (apart > 1 && is_begun(near->written, name)) {
        apart = 1;
    }
    if (apart < near->below && apart < n) {
        near->name = name;
        near->below = apart;
    }
}
