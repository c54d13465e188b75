/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Libraries that only some commands need are loaded when they are needed (dlopen(3)), each behind
 * the one module that uses it. A loaded library stays. Not for two threads at a time: callers guard
 * it (pthread_once).
 */
#ifndef CGMEM_BASE_DL_H
#define CGMEM_BASE_DL_H

#include <stddef.h>

struct cgm_dl_symbol {
	const char *name;
	void *slot; /* of the pointer to the function */
};

/*
 * Loads the first of @sonames (NULL-terminated) that is installed and has all @n functions, and
 * sets their slots. 0; -ENOENT: none is installed; -ENOSYS: those that are lack a function, whose
 * name is put into @ret_missing when that is not NULL.
 */
int cgm_dl_load(const char *const *sonames, const struct cgm_dl_symbol *symbols, size_t n,
		const char **ret_missing);
/*
 * Looks up now what the first of @sonames that is loaded calls in others, and not at each first
 * call: for what many children of this process use.
 */
void cgm_dl_bind(const char *const *sonames);
/*
 * Lets go of the code and constants that the program and its libraries have in memory, for one that
 * runs on for days and does little: what is used again is mapped again from the page cache.
 * Setting libcurl up alone touches 7 MiB that no request needs.
 */
void cgm_dl_rest(void);

#endif
