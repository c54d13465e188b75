/* SPDX-License-Identifier: Apache-2.0 */
#include "base/dl.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "base/banned.h"

/* NULL, or the name of a function that the library lacks. */
static const char *take(void *lib, const struct cgm_dl_symbol *symbols, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		void *f = dlsym(lib, symbols[i].name);

		if (!f)
			return symbols[i].name;
		/* ISO C has no cast from an object's pointer to a function's */
		memcpy(symbols[i].slot, &f, sizeof f);
	}
	return NULL;
}

void cgm_dl_bind(const char *const *sonames)
{
	void *lib = NULL;

	for (; *sonames && !lib; sonames++)
		lib = dlopen(*sonames, RTLD_NOW | RTLD_NOLOAD);
	if (lib)
		(void)dlclose(lib); /* the one handle too many: it stays loaded */
}

int cgm_dl_load(const char *const *sonames, const struct cgm_dl_symbol *symbols, size_t n,
		const char **ret_missing)
{
	const char *missing = NULL;

	for (; *sonames; sonames++) {
		void *lib = dlopen(*sonames, RTLD_LAZY | RTLD_LOCAL);

		if (!lib)
			continue;
		missing = take(lib, symbols, n);
		if (!missing)
			return 0;
		(void)dlclose(lib);
	}
	if (!missing)
		return -ENOENT;
	if (ret_missing)
		*ret_missing = missing;
	return -ENOSYS;
}
