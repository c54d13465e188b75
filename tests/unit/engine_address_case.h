/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of addresses: a home of their own, and the variables that count. */
#ifndef TESTS_ENGINE_ADDRESS_CASE_H
#define TESTS_ENGINE_ADDRESS_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/engine.h"

static const char *const variables[] = {
	"DOCKER_HOST",	     "DOCKER_CONTEXT",	 "DOCKER_CONFIG",
	"DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "XDG_RUNTIME_DIR",
};

static char home[64];

/* Every path below the home folder; @path of 400 bytes. */
static inline const char *at(char *path, const char *name)
{
	(void)snprintf(path, 400, "%s/%s", home, name);
	return path;
}

static inline void put(const char *name, const char *text)
{
	char path[400], *s;
	FILE *f;

	(void)at(path, name);
	for (s = path + strlen(home) + 1; (s = strchr(s, '/')); s++) {
		*s = '\0';
		(void)mkdir(path, 0700);
		*s = '/';
	}
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static inline int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		(void)unsetenv(variables[i]);
	memcpy(home, "/tmp/cgm-address-XXXXXX", sizeof "/tmp/cgm-address-XXXXXX");
	return mkdtemp(home) && !setenv("HOME", home, 1) ? 0 : -1;
}

static inline int teardown(void **state)
{
	char command[100];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -rf '%s'", home);
	return system(command);
}

static inline struct cgm_engine_address get(const char *host, enum cgm_engine_kind kind)
{
	struct cgm_engine_address a = {0};
	struct cgm_err err = {0};

	if (cgm_engine_address(host, kind, &a, &err))
		fail_msg("%s: %s", host ? host : "-", err.msg);
	return a;
}

static inline void put_context(const char *hash, const char *name, const char *endpoint)
{
	char file[200], text[500];

	(void)snprintf(file, sizeof file, ".docker/contexts/meta/%s/meta.json", hash);
	(void)snprintf(text, sizeof text,
		       "{\"Name\":\"%s\",\"Metadata\":{},\"Endpoints\":{\"docker\":{%s}}}", name,
		       endpoint);
	put(file, text);
}

#endif
