/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/version.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

#include "base/banned.h"

struct version {
	uint64_t major, minor;
};

/* MAJOR.MINOR at the start of @s. */
static bool parse(const char *s, struct version *ret)
{
	size_t major = strspn(s, "0123456789"), minor;

	if (s[major] != '.')
		return false;
	minor = strspn(s + major + 1, "0123456789");
	return cgm_parse_max(s, major, 99, &ret->major) == 0 &&
	       cgm_parse_max(s + major + 1, minor, 9999, &ret->minor) == 0;
}

static void print(struct version v, char ret[CGM_API_VERSION_MAX])
{
	(void)snprintf(ret, CGM_API_VERSION_MAX, "%u.%u", (unsigned)v.major, (unsigned)v.minor);
}

void cgm_api_version_choose(const char *theirs, char ret[CGM_API_VERSION_MAX])
{
	struct version ours = {0}, v;

	(void)parse(CGM_API_VERSION, &ours);
	if (parse(theirs, &v) &&
	    (v.major < ours.major || (v.major == ours.major && v.minor < ours.minor)))
		ours = v;
	print(ours, ret);
}

bool cgm_api_version_named(const char *body, char version[CGM_API_VERSION_MAX])
{
	static const char before[] = "supported API version is ";
	const char *s = strstr(body, before);
	char named[CGM_API_VERSION_MAX];
	struct version v;

	if (!s || !parse(s + sizeof before - 1, &v))
		return false;
	print(v, named);
	if (!strcmp(named, version))
		return false;
	memcpy(version, named, sizeof named);
	return true;
}
