/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A text for a terminal in the making: wrapped paragraphs, padding, colour. What goes in from
 * outside is escaped here. Internal to output/. The whole text is composed, then written once.
 */
#ifndef CGMEM_OUTPUT_PAGE_H
#define CGMEM_OUTPUT_PAGE_H

#include "base/units.h"
#include "output/explain.h"

enum cgm_style { CGM_PLAIN, CGM_BOLD, CGM_DIM, CGM_YELLOW, CGM_RED, CGM_BLUE };

struct cgm_page {
	struct cgm_buf b;
	const struct cgm_text_options *o;
	size_t width;
};

void cgm_page_init(struct cgm_page *p, const struct cgm_text_options *o);
void cgm_page_clear(struct cgm_page *p);
/* Writes it all. 0, -ENOMEM, -errno of the stream. */
int cgm_page_write(const struct cgm_page *p, FILE *out);
/* Lines so far. */
size_t cgm_page_lines(const struct cgm_page *p);

/* From here to the next call; CGM_PLAIN ends it. Nothing without colour. */
void cgm_page_style(struct cgm_page *p, enum cgm_style s);
/* Escaped text as it is, no wrapping. */
void cgm_page_text(struct cgm_page *p, const char *s);
/* The same in a field of @width: padded, and cut where longer. */
void cgm_page_field(struct cgm_page *p, const char *s, size_t width, bool right);
void cgm_page_blanks(struct cgm_page *p, size_t n);
void cgm_page_newline(struct cgm_page *p);
/*
 * A wrapped paragraph that ends in a newline. The line has @at columns already; later lines begin
 * with @indent blanks. At most @max_lines (0: any), with an ellipsis at the end of a cut one.
 */
void cgm_page_wrap(struct cgm_page *p, const char *s, size_t at, size_t indent, size_t max_lines);
/* "label         text", wrapped, at most @max_lines (0: any). */
void cgm_page_labelled(struct cgm_page *p, const char *label, const char *s, size_t max_lines);
/* A heading of a section, with a blank line before it. */
void cgm_page_heading(struct cgm_page *p, const char *s);

/* "83.1 MiB", or plain digits with raw_bytes. */
const char *cgm_page_bytes(const struct cgm_page *p, char buf[CGM_TEXT_MAX], uint64_t v);
const char *cgm_page_signed(const struct cgm_page *p, char buf[CGM_TEXT_MAX], int64_t v);

/* Sections of explain. */
void cgm_explain_headline(struct cgm_page *p, const struct cgm_explanation *e);
/* Lines that the breakdown takes without any children. */
size_t cgm_explain_tree_least(const struct cgm_breakdown *b);
/* @rows: lines that it may take; SIZE_MAX: any. */
void cgm_explain_tree(struct cgm_page *p, const struct cgm_explanation *e, size_t rows);
/* Whose the anonymous memory is, in one line; nothing when unknown. */
void cgm_explain_add_processes(const struct cgm_page *p, struct cgm_buf *b,
			       const struct cgm_snapshot *s);
/* What it is to each of them: Go's settings, kinds of mapping. Nothing where nobody looked. */
void cgm_explain_by_process(struct cgm_page *p, const struct cgm_explanation *e);
void cgm_explain_what_if(struct cgm_page *p, const struct cgm_explanation *e);
void cgm_explain_numbers(struct cgm_page *p, const struct cgm_explanation *e);
void cgm_explain_growth(struct cgm_page *p, const struct cgm_explanation *e);
void cgm_explain_findings(struct cgm_page *p, const struct cgm_explanation *e);
void cgm_explain_unreadable(struct cgm_page *p, const struct cgm_explanation *e);

#endif
