/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/path.h"

#include "base/banned.h"

static bool log_verbose;

void cgm_log_set_verbose(bool verbose)
{
	log_verbose = verbose;
}

/* The whole text is escaped, so that it stays one line whatever a name in it holds. */
static __attribute__((__format__(__printf__, 1, 0))) void say(const char *fmt, va_list ap)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char text[1024];

	if (vsnprintf(text, sizeof text, fmt, ap) < 0)
		return;
	cgm_escape_name(&b, text, strlen(text), false);
	if (!b.failed)
		(void)fprintf(stderr, "cgmem: %s\n", cgm_buf_str(&b));
}

void cgm_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void cgm_note(const char *fmt, ...)
{
	va_list ap;

	if (!log_verbose)
		return;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}
