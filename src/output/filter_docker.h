/* SPDX-License-Identifier: Apache-2.0 */
/* docker's own filter keys: what each looks at, and how it compares. Internal to output/filter*.c.
 */
#ifndef CGMEM_OUTPUT_FILTER_DOCKER_H
#define CGMEM_OUTPUT_FILTER_DOCKER_H

#include <regex.h>

#include "output/filter.h"

/* One of docker's keys with a value. */
struct cgm_docker_filter {
	const struct cgm_docker_key *key;
	char *value;
	regex_t regex;
	bool has_regex;
};

struct cgm_docker_key {
	const char *name;
	bool all; /* given twice: both must hold (docker's labels); else either */
	bool (*match)(const struct cgm_docker_filter *f, const struct cgm_filter_subject *s);
	int (*check)(struct cgm_docker_filter *f, struct cgm_err *err);
};

#define CGM_DOCKER_KEYS 7

extern const struct cgm_docker_key cgm_docker_keys[CGM_DOCKER_KEYS];
const struct cgm_docker_key *cgm_docker_key_find(const char *key);

#endif
