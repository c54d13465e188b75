/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/go_options.h"

#include <errno.h>
#include <strings.h>

#include "cmd/options.h"
#include "collect/inspect.h"

#include "base/banned.h"

int cgm_go_set_from(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_go_options *o = opts;

	return cgm_option_word(CGM_GO_WORDS, arg, &o->from, err);
}

int cgm_go_set_from_or_off(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_go_options *o = opts;

	return cgm_option_word(CGM_GO_WORDS_OFF, arg, &o->from, err);
}

int cgm_go_set_url(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_go_options *o = opts;

	if (strncasecmp(arg, "http://", 7) != 0 && strncasecmp(arg, "https://", 8) != 0)
		return cgm_err_set(err, EINVAL,
				   "%.60s: not a URL such as http://127.0.0.1:6060/debug/pprof/",
				   arg);
	o->url = arg;
	return 0;
}

int cgm_go_check(const struct cgm_go_options *o, struct cgm_err *err)
{
	if (o->url && (o->from == CGM_GO_MEMORY || o->from == CGM_GO_OFF))
		return cgm_err_set(err, EINVAL, "--go-url asks an endpoint, --go %s does not",
				   o->from == CGM_GO_OFF ? "off" : "memory");
	return 0;
}

unsigned cgm_go_inspect(const struct cgm_go_options *o, unsigned want)
{
	const unsigned go = CGM_INSPECT_STATS | CGM_INSPECT_RESIDENT | CGM_INSPECT_GOROUTINES |
			    CGM_INSPECT_GROUPS | CGM_INSPECT_SITES;

	if (o->from == CGM_GO_OFF)
		return want & ~go;
	return want | (o->url || o->from == CGM_GO_ENDPOINT ? CGM_INSPECT_ENDPOINT : 0U);
}
