#include "pg/delayed.h"

#include "core/mem.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK_BYTES     ((size_t)64 * 1024)
#define MOST_HELD_BYTES ((size_t)4 * 1024 * 1024)

struct BdDelayedChunk {
    BdDelayedChunk *next;
    int64_t due_ns;
    size_t begin, end; /* what is still to be handed on */
    char bytes[];
};

void bd_delayed_init(BdDelayed *way, int from, int to) {
    *way = (BdDelayed){.from = from, .to = to};
    way->last = &way->first;
}

void bd_delayed_deinit(BdDelayed *way) {
    while (way->first != NULL) {
        BdDelayedChunk *chunk = way->first;
        way->first = chunk->next;
        bd_free(chunk);
    }
    way->last = &way->first;
    way->held_bytes = 0;
}

bool bd_delayed_takes(const BdDelayed *way) {
    return !way->ended && way->held_bytes < MOST_HELD_BYTES;
}

int64_t bd_delayed_due_ns(const BdDelayed *way) {
    return way->first == NULL ? INT64_MAX : way->first->due_ns;
}

/* Nothing can be handed on any more. */
static void give_up(BdDelayed *way) {
    bd_delayed_deinit(way);
    way->ended = way->over = true;
}

/* When all has been handed on, so is the end. */
static void pass_end(BdDelayed *way) {
    if (way->ended && way->first == NULL && !way->over) {
        way->over = true;
        shutdown(way->to, SHUT_WR);
    }
}

static void append(BdDelayed *way, const char *bytes, size_t n, int64_t due_ns) {
    BdDelayedChunk *chunk = bd_alloc(sizeof(*chunk) + n);
    if (chunk == NULL) {
        give_up(way);
        return;
    }
    chunk->due_ns = due_ns;
    chunk->end = n;
    memcpy(chunk->bytes, bytes, n);
    *way->last = chunk;
    way->last = &chunk->next;
    way->held_bytes += n;
}

void bd_delayed_read(BdDelayed *way, int64_t now_ns, int64_t delay_ns) {
    char bytes[CHUNK_BYTES];
    ssize_t n = recv(way->from, bytes, sizeof(bytes), 0);
    if (n > 0) {
        append(way, bytes, (size_t)n, now_ns + delay_ns);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        way->ended = true;
        pass_end(way);
    }
}

/* Hand on the oldest bytes. False when the other end takes no more. */
static bool write_chunk(BdDelayed *way) {
    BdDelayedChunk *chunk = way->first;
    ssize_t n = send(way->to, chunk->bytes + chunk->begin, chunk->end - chunk->begin, MSG_NOSIGNAL);
    if (n < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            give_up(way);
        }
        return false;
    }
    chunk->begin += (size_t)n;
    way->held_bytes -= (size_t)n;
    if (chunk->begin < chunk->end) {
        return false;
    }
    way->first = chunk->next;
    if (way->first == NULL) {
        way->last = &way->first;
    }
    bd_free(chunk);
    return true;
}

void bd_delayed_write(BdDelayed *way, int64_t now_ns) {
    while (bd_delayed_due_ns(way) <= now_ns && write_chunk(way)) {
    }
    pass_end(way);
}
