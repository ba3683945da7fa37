#include "run/crew.h"

int bd_crew_init(BdCrew *crew, bool scheduled, const BdManifest *manifest, BdErr *err) {
    if (bd_times_init(&crew->times, scheduled, err) != 0) {
        return -1;
    }
    return bd_recents_init(&crew->recents, manifest, err);
}

void bd_crew_deinit(BdCrew *crew) {
    bd_times_deinit(&crew->times);
    bd_recents_deinit(&crew->recents);
}
