#include "stats/recents.h"

#include "core/mem.h"

int bd_recents_init(BdRecents *recents, const BdManifest *manifest, BdErr *err) {
    *recents = (BdRecents){.list = NULL};
    if (manifest == NULL) {
        return 0;
    }
    recents->list = bd_alloc_array((size_t)manifest->columns * BD_RECENT, sizeof(BdRecent));
    return recents->list != NULL
               ? 0
               : bd_err_set(err, BD_E_NOMEM, 0, "out of memory for what is to be verified");
}

void bd_recents_deinit(BdRecents *recents) {
    bd_free(recents->list);
    recents->list = NULL;
}
