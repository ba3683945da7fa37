#include "stats/latencies.h"

#include "core/mem.h"

#include <string.h>

static BdLatency *new_latency(BdLatencies *latencies, const void *key, const char *name) {
    BdErr ignored = BD_ERR_INIT;
    if (latencies->count == BD_LATENCIES_MOST) {
        return NULL;
    }
    BdLatency *latency = &latencies->list[latencies->count];
    *latency = (BdLatency){.key = key, .name = bd_strdup(name)};
    if (latency->name == NULL || bd_histogram_new(&latency->times, &ignored) != 0) {
        bd_free(latency->name);
        return NULL;
    }
    latencies->count++;
    return latency;
}

BdHistogram *bd_latencies_times(BdLatencies *latencies, const void *key, const char *name) {
    BdLatency *latency = NULL;
    for (uint32_t i = 0; i < latencies->count && latency == NULL; i++) {
        latency = latencies->list[i].key == key ? &latencies->list[i] : NULL;
    }
    if (latency == NULL) {
        latency = new_latency(latencies, key, name);
    }
    if (latency == NULL) {
        latencies->dropped++;
        return NULL;
    }
    return latency->times;
}

static BdLatency *named(BdLatencies *latencies, const BdLatency *like) {
    for (uint32_t i = 0; i < latencies->count; i++) {
        if (strcmp(latencies->list[i].name, like->name) == 0) {
            return &latencies->list[i];
        }
    }
    return new_latency(latencies, like->key, like->name);
}

void bd_latencies_merge(BdLatencies *into, const BdLatencies *from) {
    into->dropped += from->dropped;
    for (uint32_t i = 0; i < from->count; i++) {
        BdLatency *latency = named(into, &from->list[i]);
        if (latency == NULL) {
            into->dropped += from->list[i].times->count;
        } else {
            bd_histogram_merge(latency->times, from->list[i].times);
        }
    }
}

void bd_latencies_deinit(BdLatencies *latencies) {
    for (uint32_t i = 0; i < latencies->count; i++) {
        bd_free(latencies->list[i].name);
        bd_histogram_free(latencies->list[i].times);
    }
    latencies->count = 0;
}
