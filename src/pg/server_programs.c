#include "pg/server_programs.h"

#include <dirent.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEBIAN_FOLDER "/usr/lib/postgresql"

/* True if both programs are in the folder (n bytes of it). */
static bool look_in(BdServerPrograms *programs, const char *folder, size_t n) {
    if (n == 0 || n > PATH_MAX - 16) {
        return false;
    }
    snprintf(programs->initdb, PATH_MAX, "%.*s/initdb", (int)n, folder);
    snprintf(programs->postgres, PATH_MAX, "%.*s/postgres", (int)n, folder);
    return access(programs->initdb, X_OK) == 0 && access(programs->postgres, X_OK) == 0;
}

static bool look_in_path(BdServerPrograms *programs) {
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        size_t n = strcspn(path, ":");
        if (look_in(programs, path, n)) {
            return true;
        }
        path += n + (path[n] == ':');
    }
    return false;
}

static bool look_in_debian(BdServerPrograms *programs) {
    DIR *dir = opendir(DEBIAN_FOLDER);
    if (dir == NULL) {
        return false;
    }
    long newest = 0;
    char folder[sizeof(DEBIAN_FOLDER) + 32];
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        long version = strtol(entry->d_name, NULL, 10);
        snprintf(folder, sizeof(folder), DEBIAN_FOLDER "/%ld/bin", version);
        if (version > newest && look_in(programs, folder, strlen(folder))) {
            newest = version;
        }
    }
    closedir(dir);
    snprintf(folder, sizeof(folder), DEBIAN_FOLDER "/%ld/bin", newest);
    return newest > 0 && look_in(programs, folder, strlen(folder));
}

int bd_server_programs_find(BdServerPrograms *programs, BdErr *err) {
    const char *only = getenv(BD_SERVER_BIN_VARIABLE);
    if (only != NULL && only[0] != '\0') {
        if (look_in(programs, only, strlen(only))) {
            return 0;
        }
        bd_err_set(err, BD_E_CONFIG, 0, "there is no PostgreSQL server in %s", only);
        return bd_err_hint(
            err, "apt-get install postgresql, and correct or unset " BD_SERVER_BIN_VARIABLE
                 ", which names the folder with initdb and postgres");
    }
    if (look_in_path(programs) || look_in_debian(programs)) {
        return 0;
    }
    bd_err_set(err, BD_E_CONFIG, 0, "no PostgreSQL server is installed here");
    return bd_err_hint(err, "apt-get install postgresql, or name a running server with --dburl");
}

int bd_server_user_find(BdServerUser *user, BdErr *err) {
    *user = (BdServerUser){.uid = geteuid(), .gid = getegid()};
    if (user->uid != 0) {
        return 0;
    }
    const struct passwd *found = getpwnam("postgres");
    if (found == NULL) {
        found = getpwnam("nobody");
    }
    if (found == NULL || found->pw_uid == 0 || strlen(found->pw_name) >= sizeof(user->name)) {
        bd_err_set(err, BD_E_CONFIG, 0,
                   "PostgreSQL does not run as root, and there is no user postgres or nobody");
        return bd_err_hint(err, "run as an ordinary user, or name a running server with --dburl");
    }
    user->other = true;
    user->uid = found->pw_uid;
    user->gid = found->pw_gid;
    snprintf(user->name, sizeof(user->name), "%s", found->pw_name);
    return 0;
}

int bd_server_user_become(const BdServerUser *user) {
    if (!user->other) {
        return 0;
    }
    return initgroups(user->name, user->gid) == 0 && setgid(user->gid) == 0 &&
                   setuid(user->uid) == 0
               ? 0
               : -1;
}
