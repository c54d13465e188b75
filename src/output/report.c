/* SPDX-License-Identifier: Apache-2.0 */
#include "output/report.h"

#include <errno.h>

#include "base/when.h"
#include "output/html.h"
#include "output/report_parts.h"

#include "base/banned.h"

void cgm_report_add_lines(struct cgm_buf *b, const char *const *lines)
{
	for (; *lines; lines++)
		cgm_buf_adds(b, *lines);
}

/* Nothing but the page's own style and script: whatever else got in would not run. */
static void put_policy(struct cgm_buf *b)
{
	cgm_buf_addf(b,
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		     "style-src 'sha256-%s'; script-src 'sha256-%s'; img-src data:; "
		     "base-uri 'none'; form-action 'none'\">\n",
		     cgm_report_style_hash, cgm_report_script_hash);
}

static void put_head(struct cgm_buf *b, const struct cgm_report *r)
{
	cgm_buf_adds(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	put_policy(b);
	cgm_buf_adds(b, "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
			"<meta name=\"color-scheme\" content=\"light dark\">\n"
			"<meta name=\"referrer\" content=\"no-referrer\">\n"
			"<meta name=\"generator\" content=\"cgmem " CGMEM_VERSION "\">\n"
			"<link rel=\"icon\" href=\"data:,\">\n<title>");
	cgm_html_add(b, r->name);
	cgm_buf_adds(b, ": memory report</title>\n<style>");
	cgm_report_add_lines(b, cgm_report_plot_style);
	cgm_report_add_lines(b, cgm_report_page_style);
	cgm_buf_adds(b, "</style>\n</head>\n");
}

static int put_body(struct cgm_buf *b, const struct cgm_report *r)
{
	char when[CGM_TEXT_MAX];
	int e;

	cgm_buf_adds(b, "<body>\n<main>\n");
	cgm_report_headline(b, r);
	e = cgm_report_memory(b, r);
	if (e == 0)
		e = cgm_report_go(b, r);
	cgm_report_trend(b, r);
	cgm_report_events(b, r);
	cgm_report_breakdown(b, r);
	cgm_report_findings(b, r);
	cgm_report_numbers(b, r);
	cgm_report_unreadable(b, r);
	cgm_report_reading(b, r);
	cgm_buf_addf(b, "<footer>cgmem %s, %s</footer>\n</main>\n<script>", CGMEM_VERSION,
		     cgm_when_rfc3339(when, r->now_ms));
	cgm_report_add_lines(b, cgm_report_script);
	cgm_buf_adds(b, "</script>\n</body>\n</html>\n");
	return e;
}

int cgm_report_write_out(FILE *out, const struct cgm_buf *b)
{
	if (b->failed)
		return -ENOMEM;
	if (fwrite(b->data, 1, b->len, out) == b->len)
		return 0;
	return errno ? -errno : -EIO;
}

int cgm_report_write(FILE *out, const struct cgm_report *r)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	int e;

	put_head(&b, r);
	e = put_body(&b, r);
	return e < 0 ? e : cgm_report_write_out(out, &b);
}
