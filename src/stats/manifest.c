#include "stats/manifest.h"

#include "core/mem.h"

#include <string.h>

static int no_memory(BdErr *err) {
    return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for what is to be verified");
}

int bd_manifest_new(BdManifest **out, uint32_t tables, BdErr *err) {
    *out = bd_alloc(sizeof(**out));
    if (*out == NULL) {
        return no_memory(err);
    }
    (*out)->tables = tables;
    return 0;
}

int bd_manifest_add(BdManifest *manifest, const char *name, uint32_t table,
                    const BdManifestColumn *columns, uint32_t count, BdErr *err) {
    BdManifestRow *rows =
        bd_realloc_array(manifest->rows, (size_t)manifest->count + 1, sizeof(*rows));
    if (rows == NULL) {
        return no_memory(err);
    }
    manifest->rows = rows;
    BdManifestRow row = {.name = bd_strdup(name),
                         .table = table,
                         .columns = bd_alloc_array(count, sizeof(*columns)),
                         .count = count,
                         .first = manifest->columns};
    if (row.name == NULL || row.columns == NULL) {
        bd_free(row.name);
        bd_free(row.columns);
        return no_memory(err);
    }
    if (count > 0) {
        memcpy(row.columns, columns, count * sizeof(*columns));
    }
    rows[manifest->count++] = row;
    manifest->columns += count;
    return 0;
}

int32_t bd_manifest_find(const BdManifest *manifest, const char *name) {
    for (uint32_t i = 0; i < manifest->count; i++) {
        if (strcmp(manifest->rows[i].name, name) == 0) {
            return (int32_t)i;
        }
    }
    return -1;
}

void bd_manifest_free(BdManifest *manifest) {
    if (manifest == NULL) {
        return;
    }
    for (uint32_t i = 0; i < manifest->count; i++) {
        bd_free(manifest->rows[i].name);
        bd_free(manifest->rows[i].columns);
    }
    bd_free(manifest->rows);
    bd_free(manifest);
}
