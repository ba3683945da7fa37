/*
 * files.h - how many descriptors the process may have open.
 *
 * Threads:   one at a time.
 * Errors:    BD_E_CONFIG where the user is not allowed so many, or the system refuses them.
 */
#ifndef BD_FILES_H
#define BD_FILES_H

#include "core/attr.h"
#include "core/err.h"

#include <stdint.h>

/* Allow so many connections, each of which takes `each` descriptors, and some for all else. */
BD_MUSTCHECK int bd_files_allow(uint32_t connections, uint32_t each, BdErr *err);

#endif
