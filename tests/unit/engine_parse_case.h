/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of the engine's answers: a list of two containers, and one by itself. */
#ifndef TESTS_ENGINE_PARSE_CASE_H
#define TESTS_ENGINE_PARSE_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/json.h"
#include "engine/version.h"

#define A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define C "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static inline int list(const char *json, struct cgm_containers *ret)
{
	return cgm_containers_parse(json, strlen(json), ret, NULL);
}

static const char two[] =
	"[{\"Id\":\"" A "\",\"Names\":[\"/other/alias\",\"/web\"],\"Image\":\"nginx:1\","
	"\"ImageID\":\"sha256:12\",\"State\":\"running\",\"Status\":\"Up 3 minutes\","
	"\"Labels\":{\"com.docker.compose.project\":\"shop\",\"com.docker.compose.service\":"
	"\"front\",\"a\":\"b\",\"n\":7},\"NetworkSettings\":{\"Networks\":{\"none\":{},\"net\":"
	"null}},\"Mounts\":[{\"Type\":\"volume\",\"Name\":\"data\",\"Destination\":\"/d\"},"
	"{\"Type\":\"bind\",\"Destination\":\"/e\"}, 7],\"SizeRw\":18446744073709551615},\n"
	" {\"Id\":\"" C "\",\"Names\":null,\"Labels\":null,\"State\":\"exited\"} ]\n";

static const char inspect[] =
	"{\"Id\":\"" A "\",\"Name\":\"/web\",\"RestartCount\":3,\"Image\":\"sha256:12\",\"State\":"
	"{\"Status\":\"%s\",\"Pid\":%s,\"OOMKilled\":true,\"ExitCode\":137,\"StartedAt\":"
	"\"2026-11-22T03:21:29.4Z\",\"FinishedAt\":\"0001-01-01T00:00:00Z\"},\"HostConfig\":"
	"{\"CgroupParent\":\"/p\",\"Memory\":%s,\"MemorySwap\":%s},\"Config\":{\"Image\":\"i:1\","
	"\"Labels\":{\"com.docker.compose.project\":\"shop\"}}}";

static inline struct cgm_container inspected(const char *status, const char *pid,
					     const char *memory, const char *swap)
{
	struct cgm_container c = {0};
	char json[1000];

	(void)snprintf(json, sizeof json, inspect, status, pid, memory, swap);
	assert_int_equal(cgm_inspect_parse(json, strlen(json), &c, NULL), 0);
	return c;
}

#endif
