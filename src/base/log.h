/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the program (never of the library): one line each on stderr, "cgmem: ...". */
#ifndef CGMEM_BASE_LOG_H
#define CGMEM_BASE_LOG_H

#include <stdbool.h>

void cgm_log_set_verbose(bool verbose);
/* Something the user has to know. Control characters in the arguments are shown escaped. */
void cgm_warn(const char *fmt, ...) __attribute__((__format__(__printf__, 1, 2)));
/* A notice that only -v shows. */
void cgm_note(const char *fmt, ...) __attribute__((__format__(__printf__, 1, 2)));

#endif
