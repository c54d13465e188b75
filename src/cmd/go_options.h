/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the Go runtime's figures come from: the options of explain and go. A command that has them
 * begins its own options with this struct.
 */
#ifndef CGMEM_CMD_GO_OPTIONS_H
#define CGMEM_CMD_GO_OPTIONS_H

#include "cmd/command.h"

enum cgm_go_from { CGM_GO_AUTO, CGM_GO_ENDPOINT, CGM_GO_MEMORY, CGM_GO_OFF };

struct cgm_go_options {
	unsigned from;	 /* enum cgm_go_from */
	const char *url; /* implies the endpoint */
};

#define CGM_GO_WORDS	 "auto endpoint memory" /* of cgmem go */
#define CGM_GO_WORDS_OFF "auto endpoint memory off"

/* Setters of --go and --go-url; @opts begins with struct cgm_go_options. */
int cgm_go_set_from(void *opts, const char *arg, struct cgm_err *err);
int cgm_go_set_from_or_off(void *opts, const char *arg, struct cgm_err *err);
int cgm_go_set_url(void *opts, const char *arg, struct cgm_err *err);
/* After parsing: what contradicts. 0 or -EINVAL with words. */
int cgm_go_check(const struct cgm_go_options *o, struct cgm_err *err);
/* @want, flags of collect/inspect.h, as the options have it. */
unsigned cgm_go_inspect(const struct cgm_go_options *o, unsigned want);

#endif
