/*
 * replay.c - runs a fuzz target over files, without libFuzzer: all files of the folders (or the
 * files) that are named.
 *
 * Prints TAP, one case a file. A target that objects to an input aborts.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Count {
    int files;
    int failed; /* could not be read */
} Count;

static void replay_file(const char *path, Count *count) {
    uint8_t *data = NULL;
    struct stat status;
    FILE *file = fopen(path, "rb");
    size_t n = 0;
    count->files++;
    if (file != NULL && fstat(fileno(file), &status) == 0) {
        /* A block of exactly that size, so that a sanitizer sees who reads beyond it. */
        n = (size_t)status.st_size;
        data = malloc(n > 0 ? n : 1);
    }
    if (data == NULL || fread(data, 1, n, file) != n) {
        printf("not ok %d - %s cannot be read\n", count->files, path);
        count->failed++;
    } else {
        fflush(stdout);
        (void)LLVMFuzzerTestOneInput(data, n);
        printf("ok %d - %s\n", count->files, path);
    }
    free(data);
    if (file != NULL) {
        fclose(file);
    }
}

static void replay_folder(const char *path, Count *count) {
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, NULL, alphasort);
    if (n < 0 && errno == ENOTDIR) {
        replay_file(path, count);
        return;
    }
    if (n < 0) {
        printf("not ok %d - %s cannot be read\n", ++count->files, path);
        count->failed++;
        return;
    }
    for (int i = 0; i < n; i++) {
        char file[4096];
        int length = snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && length < (int)sizeof(file)) {
            replay_file(file, count);
        }
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv) {
    Count count = {0};
    for (int i = 1; i < argc; i++) {
        replay_folder(argv[i], &count);
    }
    printf("1..%d\n", count.files);
    return count.failed == 0 && count.files > 0 ? 0 : 1;
}
